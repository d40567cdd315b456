// SPDX-License-Identifier: Apache-2.0
// A libcurl that fails where it says that it may: this program's functions stand before the library's.
#include <curl/curl.h>
#include <dlfcn.h>
#include <catch2/catch.hpp>
#include <new>
#include <openstack/curl_transport.hpp>
#include <string>

#include "../support/requests.hpp"
#include "../support/server.hpp"
#include "../support/thrown.hpp"

using openstack::CurlTransport, openstack::TransportError;
using support::answer, support::request, support::Server, support::thrown, support::throws_exactly;

namespace {

bool fails_easy = false;
bool fails_multi = false;
int lines_left = -1;  ///< header lines that still succeed; -1: all of them

template<class Function>
Function* next(char const* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

CURL* curl_easy_init() { return fails_easy ? nullptr : next<CURL*()>("curl_easy_init")(); }

CURLM* curl_multi_init() { return fails_multi ? nullptr : next<CURLM*()>("curl_multi_init")(); }

curl_slist* curl_slist_append(curl_slist* list, char const* text) {
    if (lines_left == 0) return nullptr;
    if (lines_left > 0) --lines_left;
    return next<curl_slist*(curl_slist*, char const*)>("curl_slist_append")(list, text);
}

}  // extern "C"

TEST_CASE("A libcurl that makes no handle is an error, and the next request works", "[failing][row:161]") {
    Server server;
    server.script({answer(200)});
    CurlTransport transport;
    for (bool* const fails : {&fails_easy, &fails_multi}) {
        *fails = true;
        std::string const said =
            thrown<TransportError>([&] { static_cast<void>(transport.send(request(server.url()))); });
        *fails = false;
        CHECK(said == "libcurl can't make a handle");
    }
    CHECK(server.connections() == 0);
    CHECK(transport.send(request(server.url())).status == 200);
    CHECK(server.finish() == "");
}

TEST_CASE("A libcurl that has no room for a header is out of memory, and leaks none of them", "[failing][row:161]") {
    Server server;
    server.script({answer(200)});
    CurlTransport transport;
    for (int const before : {0, 1, 2}) {
        lines_left = before;
        bool const is_out_of_memory =
            throws_exactly<std::bad_alloc>([&] { static_cast<void>(transport.send(request(server.url()))); });
        lines_left = -1;
        CHECK(is_out_of_memory);
    }
    CHECK(server.connections() == 0);
    CHECK(transport.send(request(server.url())).status == 200);
    CHECK(server.finish() == "");
}
