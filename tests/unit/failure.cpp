// SPDX-License-Identifier: Apache-2.0
// What is left of a service's refusal: its words, however they are wrapped, on one line of bounded length.
#include <openstack/failure.hpp>

#include <catch2/catch.hpp>
#include <string>

using namespace openstack;

namespace {

HttpFailure failure(Response const& response) {
    return failure_of({.method = "PATCH", .url = "http://cloud/v2/images/i"}, response);
}
std::string text_of(std::string body) { return failure({400, {}, std::move(body)}).text; }

}  // namespace

TEST_CASE("A failure says what was asked and what the status is", "[failure]") {
    HttpFailure const made = failure({409, {{"X-Openstack-Request-Id", "req-1"}}, R"({"message": "in use"})"});
    CHECK(made.status == 409);
    CHECK(made.method == "PATCH");
    CHECK(made.url == "http://cloud/v2/images/i");
    CHECK(made.request_id == "req-1");
    CHECK(made.text == "in use");
    CHECK(failure({500, {}, ""}).request_id == "");
    CHECK(failure({500, {{"x-openstack-request-id", " a\tb "}}, ""}).request_id == "a b");
}

TEST_CASE("Each service's way to wrap its words is known", "[failure][row:45]") {
    CHECK(text_of(R"({"message": "No image found with ID nope<br /><br />\n\n\n", "code": "404 Not Found"})") ==
          "No image found with ID nope");
    CHECK(text_of(R"({"error": {"code": 401, "message": "The request you have made requires authentication."}})") ==
          "The request you have made requires authentication.");
    CHECK(text_of(R"({"badRequest": {"code": 400, "message": "Invalid input"}})") == "Invalid input");
    CHECK(text_of(R"({"NeutronError": {"type": "X", "message": "No more addresses", "detail": ""}})") ==
          "No more addresses");
    CHECK(text_of(R"({"title": "t", "a": [1], "b": {}, "c": {"d": {"message": "deep"}}})") == "deep");
    CHECK(text_of(R"({"message": null, "error": {"message": "inner"}})") == "inner");
}

TEST_CASE("A JSON document without a message is shown itself", "[failure][row:45]") {
    CHECK(text_of(R"({"error": "not here"})") == R"({"error": "not here"})");
    CHECK(text_of(R"({"message": {"a": 1}})") == R"({"message": {"a": 1}})");
    CHECK(text_of("[1, 2]") == "[1, 2]");
    CHECK(text_of(R"({"message": "cut)") == R"({"message": "cut)");
}

TEST_CASE("HTML is shown without its tags", "[failure][row:45]") {
    CHECK(text_of("<html>\n <head>\n  <title>404 Not Found</title>\n </head>\n <body>\n  <h1>404 Not Found</h1>\n"
                  "  No image found with ID nope<br /><br />\n\n </body>\n</html>") ==
          "404 Not Found No image found with ID nope");
    CHECK(text_of("<!DOCTYPE html><style>h1 { color: red }</style><script>if (a < b) c();</script><P>Bad "
                  "<b>gateway</b></P>") == "Bad gateway");
    CHECK(text_of("a &lt;b&gt; &amp;&quot;c&quot; &#x27;d&#39;&nbsp;e &amp;lt; &unknown; &") ==
          "a <b> &\"c\" 'd' e &lt; &unknown; &");
    CHECK(text_of("text<title>never closed") == "text");
}

TEST_CASE("A plain text stays as it is", "[failure][row:45]") {
    CHECK(text_of("502 upstream failed") == "502 upstream failed");
    CHECK(text_of("min_disk must be < 10 and > 2") == "min_disk must be < 10 and > 2");
    CHECK(text_of(R"({"message": "0 <= x < y"})") == "0 <= x < y");
    CHECK(text_of("a <") == "a <");
    CHECK(text_of("a <b") == "a <b");
    CHECK(text_of("<>") == "<>");
    CHECK(text_of("") == "");
}

TEST_CASE("Control characters can't reach a log", "[failure][row:45]") {
    CHECK(text_of(std::string{"\r\n a\x1b[31m\x00 b\x7f\t\tc \n", 18}) == "a [31m b c");
    CHECK(text_of(R"({"message": "a\u0000b\r\nX-Injected: 1\u001b"})") == "a b X-Injected: 1");
    CHECK(failure({302, {{"Location", "http://a/\tb"}}, ""}).text.ends_with(" leads to http://a/ b"));
}

TEST_CASE("What isn't UTF-8 can't, either", "[failure][row:45]") {
    CHECK(text_of("caf\xe9 \xff") == "caf? ?");
    CHECK(text_of("caf\xc3\xa9 \xe4\xb8\xad") == "caf\xc3\xa9 \xe4\xb8\xad");
    CHECK(text_of("cut \xe4\xb8") == "cut ??");
}

TEST_CASE("A text of any length becomes one of 1,000 bytes at most", "[failure][row:45][row:97]") {
    CHECK(text_of(std::string(1000, 'x')) == std::string(1000, 'x'));
    CHECK(text_of(std::string(1'000'000, 'x')) == std::string(1000, 'x'));
    CHECK(text_of(R"({"message": ")" + std::string(100'000, 'x') + "\"}") == std::string(1000, 'x'));
    std::string const whole = std::string(999, 'x');
    CHECK(text_of(whole + "\xc3\xa9") == whole);
    CHECK(text_of(std::string(900'000, '\n') + "end") == "end");
    CHECK(text_of(std::string(100'000, '<')).size() == 1000);
    std::string deep;
    for (int i = 0; i < 10'000; ++i) deep += "{\"a\":";
    CHECK(text_of(deep).size() == 1000);
}

TEST_CASE("A redirect is an error that names where it leads", "[failure][row:79]") {
    for (int const status : {301, 302, 303, 307, 308})
        CHECK(failure({status, {{"Location", "https://other/x"}}, "<p>moved</p>"}).text ==
              "this redirect isn't followed: it leads to https://other/x");
    CHECK(failure({300, {}, "choose"}).text == "choose");
    CHECK(failure({201, {{"Location", "https://other/x"}}, "made"}).text == "made");
    CHECK(failure({400, {{"Location", "https://other/x"}}, "bad"}).text == "bad");
    CHECK(failure({302, {{"Location", std::string(5000, 'x')}}, ""}).text.size() < 1100);
}

TEST_CASE("A token that a service quotes isn't told", "[failure][row:166]") {
    Request request{.url = "http://cloud/v2/x"};
    request.headers.set("X-Auth-Token", "canary-token");
    Response const quoting{400, {}, R"({"message": "not [canary-token], not canary-token"})"};
    CHECK(failure_of(request, quoting).text == "not [(hidden)], not (hidden)");
    Response const redirect{302, {{"Location", "http://store/canary-token/a?temp_url_sig=canary"}}, ""};
    CHECK(failure_of(request, redirect).text == "this redirect isn't followed: it leads to http://store/(hidden)/a");
    Response const escaped{400, {{"X-Openstack-Request-Id", "canary-token"}}, R"({"message": "canary\u002dtoken"})"};
    CHECK(failure_of(request, escaped).text == "(hidden)");
    CHECK(failure_of(request, escaped).request_id == "(hidden)");
    CHECK(failure_of({.url = "http://cloud/v2/x"}, quoting).text == "not [canary-token], not canary-token");
}
