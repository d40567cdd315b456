// SPDX-License-Identifier: Apache-2.0
// A Keystone and a Glance on the loopback that fail by chance, and keep a ledger of what they did.
#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include <openstack/openstack.hpp>

namespace soak {

namespace image = openstack::image::v2;
using openstack::to_json;

/// What goes wrong with a request.
enum class Fault {
    none,
    reset_unread,   ///< the connection ends before the request is read
    reset_unacted,  ///< ... when it was read, before anything was done
    reset_acted,    ///< ... when it was done, without an answer
    cut_answer,     ///< ... in the middle of the answer
    refused,        ///< 429, 500, 502 or 503, before anything was done
    gateway,        ///< 502 or 504, when it was done
    closed_kept,    ///< the connection ends after the answer, which didn't say so
    expired_token,  ///< 401, from now on until there is a new token
    stall           ///< in the middle of the answer, nothing for a while
};
inline constexpr std::array fault_names{"none",    "reset_unread", "reset_unacted", "reset_acted",   "cut_answer",
                                        "refused", "gateway",      "closed_kept",   "expired_token", "stall"};

struct Answer {
    int status = 200;
    std::string body{};
    std::string headers{};

    [[nodiscard]] std::string text() const {
        std::string all = "HTTP/1.1 " + std::to_string(status) + " Said\r\n" + headers;
        if (status != 204)
            all += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
        return all + "\r\n" + body;
    }
};

struct Received {
    std::string method{};
    std::string target{};
    std::string token{};
    std::string body{};
};

/// A step of a JSON patch as it comes: its value is a text or something else.
struct Step {
    openstack::Field<std::string> op{};
    openstack::Field<std::string> path{};
    openstack::Properties others{};
    BOOST_DESCRIBE_CLASS(Step, (), (op, path, others), (), ())
};

/// The records, by the order in which they were made. What JSON is like is not its subject: it has the library's codec.
class Glance {
  public:
    Answer create(std::string const& body) {
        auto record = openstack::from_json<image::Image>(R"({"status": "queued", )" + body.substr(1));
        if (record.id.is_unset()) record.id = "service-" + std::to_string(made_);
        if (!ever_.insert(*record.id).second) return {409, R"({"message": "the id is taken"})"};
        ++made_;
        digest_ += std::hash<std::string>{}(*record.id);
        place_[*record.id] = made_;
        return {201, to_json(records_[made_].image = std::move(record))};
    }

    Answer list(std::string const& target) const {
        std::string tag, name, marker, kept;
        std::size_t limit = 25;
        std::map<std::string, std::string> properties;
        for (auto const& [key, value] : openstack::query_parameters(target)) {
            if (key == "limit") std::from_chars(value.data(), value.data() + value.size(), limit);
            (key == "tag" ? tag : key == "name" ? name : key == "marker" ? marker : properties[key]) = value;
        }
        properties.erase("limit");
        bool const is_hidden = properties["os_hidden"] == "true";
        properties.erase("os_hidden");
        auto at = records_.rbegin();  // the newest first
        if (!marker.empty()) {
            auto const place = place_.find(marker);
            if (place == place_.end()) return {400, R"({"message": "the marker isn't there"})"};
            at = std::make_reverse_iterator(records_.find(place->second));
        }
        std::string images, last;
        for (std::size_t count = 0; at != records_.rend(); ++at) {
            image::Image const& each = at->second.image;
            bool fits = each.is_hidden.value_or(false) == is_hidden &&
                        (name.empty() || "eq:" + each.name.value_or("") == name) &&
                        (tag.empty() || (each.tags && std::ranges::count(*each.tags, tag) > 0));
            for (auto const& [key, value] : properties) {
                auto const found = each.properties.find(key);
                fits = fits && found != each.properties.end() && found->second == value;
            }
            if (!fits) continue;
            if (count++ == limit) {
                std::string next = "/v2/images?marker=" + last;
                for (auto const& [key, value] : openstack::query_parameters(target))
                    if (key != "marker") next += '&' + key + '=' + openstack::percent_encode(value);
                return {200, R"({"images": [)" + images + R"(], "next": )" + to_json(next) + '}'};
            }
            images.append(images.empty() ? "" : ",").append(to_json(each));
            last = *each.id;
        }
        return {200, R"({"images": [)" + images + "]}"};
    }

    /// Everything at the path of one image; `rest` is what follows the id.
    Answer act(Received const& request, std::string const& id, std::string_view rest) {
        auto const place = place_.find(id);
        if (place == place_.end()) return {404, R"({"message": "no such image"})"};
        Record& record = records_.at(place->second);
        std::string const last = openstack::percent_decode(rest.substr(rest.rfind('/') + 1));
        if (rest.starts_with("/tags/")) return tag(record.image, request.method, last);
        if (rest == "/members") return request.method == "POST" ? share(record, id, request.body) : members(record, id);
        if (rest.starts_with("/members/")) {
            if (!record.members.contains(last)) return {404, R"({"message": "no such member"})"};
            if (request.method == "GET") return {200, member(id, last)};
            record.members.erase(last);
            ++unshared_;
            return {204};
        }
        if (request.method == "GET") return {200, to_json(record.image)};
        if (request.method == "PATCH") return patch(record.image, request.body);
        records_.erase(place->second);
        place_.erase(place);
        ++deleted_;
        return {204};
    }

    [[nodiscard]] std::string ledger() const {
        return "images_made " + std::to_string(made_) + "\nimages_digest " + std::to_string(digest_) +
               "\nimages_deleted " + std::to_string(deleted_) + "\nimages_left " + std::to_string(records_.size()) +
               "\nmembers_made " + std::to_string(shared_) + "\nmembers_deleted " + std::to_string(unshared_) + '\n';
    }

  private:
    struct Record {
        image::Image image{};
        std::map<std::string, int, std::less<>> members{};
    };

    static std::string member(std::string const& id, std::string const& project) {
        return R"({"member_id": ")" + project + R"(", "image_id": ")" + id + R"(", "status": "pending"})";
    }
    static Answer members(Record const& record, std::string const& id) {
        std::string all;
        for (auto const& each : record.members) all.append(all.empty() ? "" : ",").append(member(id, each.first));
        return {200, R"({"members": [)" + all + "]}"};
    }
    Answer share(Record& record, std::string const& id, std::string const& body) {
        std::string const project = openstack::from_json<openstack::Properties>(body).find("member")->second;
        if (!record.members.emplace(project, 0).second) return {409, R"({"message": "it is a member"})"};
        ++shared_;
        return {200, member(id, project)};
    }
    static Answer tag(image::Image& record, std::string_view method, std::string const& text) {
        std::vector<std::string> tags = record.tags.value_or(std::vector<std::string>{});
        std::size_t const removed = std::erase(tags, text);
        if (method == "DELETE" && removed == 0) return {404, R"({"message": "no such tag"})"};
        if (method == "PUT") tags.push_back(text);
        record.tags = tags;
        return {204};
    }
    static Answer patch(image::Image& record, std::string const& body) {
        openstack::JsonPatch patch;
        for (Step const& each : openstack::from_json<std::vector<Step>>(body)) {
            std::string value;
            if (auto const text = each.others.find("value"); text != each.others.end())
                value = to_json(std::string{text->second});
            else if (auto const raw = each.others.raw().find("value"); raw != each.others.raw().end())
                value = raw->second;
            patch.push_back({*each.op, *each.path, value});
        }
        try {
            record = apply(patch, record);
        } catch (openstack::InvalidRequest const&) {
            return {409, R"({"message": "the patch doesn't fit"})"};
        }
        return {200, to_json(record)};
    }

    std::map<std::uint64_t, Record> records_;
    std::unordered_map<std::string, std::uint64_t> place_;
    std::unordered_set<std::string> ever_;
    std::uint64_t made_ = 0, digest_ = 0, deleted_ = 0, shared_ = 0, unshared_ = 0;
};

/// The cloud: a thread for each connection, one request at a time inside.
class Cloud {
  public:
    explicit Cloud(std::uint64_t seed) : random_(seed), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        if (::bind(listener_, any, size) != 0 || ::listen(listener_, 128) != 0 ||
            ::getsockname(listener_, any, &size) != 0)
            throw std::runtime_error("the cloud can't listen");
        url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    }

    [[nodiscard]] std::string const& url() const noexcept { return url_; }

    /// Serves as long as the process lives.
    [[noreturn]] void serve() {
        for (;;)
            if (int const connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC); connection >= 0)
                std::thread([this, connection] { serve(connection); }).detach();
    }

    /// What was done so far, in lines of a word and a number.
    [[nodiscard]] std::string ledger() {
        std::lock_guard const lock{mutex_};
        std::string text = glance_.ledger() + "requests " + std::to_string(requests_) + "\ntokens " +
                           std::to_string(tokens_) + "\ntoken_requests " + std::to_string(token_requests_) +
                           "\ntoken_requests_failed " + std::to_string(token_requests_failed_) + '\n';
        for (std::size_t i = 1; i < faults_.size(); ++i)
            text.append("fault_").append(fault_names[i]).append(1, ' ').append(std::to_string(faults_[i])) += '\n';
        return text;
    }

  private:
    static constexpr std::uint64_t faults_in = 100;  // there is one fault in so many requests
    // A session renews a token once for a request: two that end in the course of one would be a refusal.
    static constexpr unsigned shortest_life = 2000;

    /// What shall go wrong with the request that comes now, and a number for the choices in it.
    std::pair<Fault, std::uint64_t> draw() {
        std::lock_guard const lock{mutex_};
        ++requests_;
        if (random_() % faults_in != 0) return {Fault::none, 0};
        return {static_cast<Fault>(1 + random_() % (fault_names.size() - 1)), random_()};
    }

    void serve(int connection) {
        int const on = 1;
        ::setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        std::string buffer;
        for (char first = 0; ::recv(connection, &first, 1, MSG_PEEK) == 1;) {
            auto const [fault, choice] = draw();
            if (fault == Fault::reset_unread) {
                count(fault);
                return end(connection, true);
            }
            Received request;
            if (!receive(connection, buffer, request)) break;
            auto const [done, answer] = answer_to(request, fault, choice);
            bool const is_hard = choice / 8 % 2 == 0;
            if (done == Fault::reset_unacted || done == Fault::reset_acted) return end(connection, is_hard);
            std::string const text = answer.text();
            std::size_t const part = choice / 16 % text.size();
            if (done == Fault::cut_answer) {
                send(connection, std::string_view{text}.substr(0, part));
                return end(connection, is_hard);
            }
            if (done == Fault::stall) {
                send(connection, std::string_view{text}.substr(0, part));
                std::this_thread::sleep_for(std::chrono::milliseconds{100});
                send(connection, std::string_view{text}.substr(part));
            } else {
                send(connection, text);
            }
            if (done == Fault::closed_kept) break;
        }
        end(connection, false);
    }

    static void end(int connection, bool is_hard) {
        linger const at_once{1, 0};
        if (is_hard) ::setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        ::close(connection);
    }
    static void send(int connection, std::string_view text) {
        while (!text.empty()) {
            ssize_t const sent = ::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    static std::string header(std::string const& head, std::string_view name) {
        std::size_t const at = head.find("\r\n" + std::string{name} + ": ");
        if (at == head.npos) return {};
        std::size_t const begin = at + name.size() + 4;
        return head.substr(begin, head.find("\r\n", begin) - begin);
    }
    static bool receive(int connection, std::string& buffer, Received& request) {
        auto const more = [&] {
            char piece[16384];
            ssize_t const size = ::recv(connection, piece, sizeof piece, 0);
            if (size > 0) buffer.append(piece, static_cast<std::size_t>(size));
            return size > 0;
        };
        std::size_t end = 0;
        while ((end = buffer.find("\r\n\r\n")) == buffer.npos)
            if (!more()) return false;
        std::string const head = buffer.substr(0, end + 2);
        std::string const length = header(head, "Content-Length");
        std::size_t const size = length.empty() ? 0 : std::stoul(length);
        while (buffer.size() < end + 4 + size)
            if (!more()) return false;
        std::size_t const blank = head.find(' ');
        request = {head.substr(0, blank), head.substr(blank + 1, head.find(' ', blank + 1) - blank - 1),
                   header(head, "X-Auth-Token"), buffer.substr(end + 4, size)};
        buffer.erase(0, end + 4 + size);
        return true;
    }

    void count(Fault fault) { ++faults_[static_cast<std::size_t>(fault)]; }

    /// The answer, and what has become of the fault.
    std::pair<Fault, Answer> answer_to(Received const& request, Fault fault, std::uint64_t choice) {
        static std::array const refusals{Answer{500}, Answer{502},
                                         Answer{503}, Answer{503, "", "Retry-After: 0\r\n"},
                                         Answer{429}, Answer{429, "", "Retry-After: 0\r\n"}};
        std::lock_guard const lock{mutex_};
        bool const is_keystone = request.target == "/identity/v3/auth/tokens";
        if (fault == Fault::expired_token && (is_keystone || request.token != token_ || life_ < shortest_life))
            fault = Fault::none;
        if (fault != Fault::none) count(fault);
        if (is_keystone) {
            ++token_requests_;
            if (fault != Fault::none && fault != Fault::closed_kept && fault != Fault::stall) ++token_requests_failed_;
        }
        if (fault == Fault::refused) return {fault, refusals[choice % refusals.size()]};
        if (fault == Fault::reset_unacted) return {fault, {}};
        if (fault == Fault::expired_token) token_.clear();
        Answer answer = is_keystone ? token(request) : glance(request);
        if (fault == Fault::gateway) answer = {choice % 2 == 0 ? 502 : 504};
        return {fault, std::move(answer)};
    }

    Answer token(Received const& request) {
        if (request.body.find("\"password\":\"soak\"") == request.body.npos) return {401};
        token_ = "token-" + std::to_string(++tokens_);
        life_ = 0;
        return {201,
                R"({"token": {"project": {"id": "p"}, "user": {"id": "u"}, "issued_at": "2026-01-01T00:00:00Z",
                    "expires_at": "2026-01-02T00:00:00Z", "catalog": [{"type": "image", "name": "glance", "endpoints":
                    [{"interface": "public", "region": "R", "url": ")" +
                    url_ + R"("}]}]}})",
                "X-Subject-Token: " + token_ + "\r\n"};
    }

    Answer glance(Received const& request) {
        constexpr std::string_view images = "/v2/images";
        if (token_.empty() || request.token != token_) return {401, R"({"message": "the token has ended"})"};
        ++life_;
        if (!request.target.starts_with(images)) return {404};
        std::string_view const rest = std::string_view{request.target}.substr(images.size());
        if (!rest.starts_with('/'))
            return request.method == "POST" ? glance_.create(request.body) : glance_.list(request.target);
        std::size_t const end = (std::min)(rest.find('/', 1), rest.size());
        return glance_.act(request, std::string{rest.substr(1, end - 1)}, rest.substr(end));
    }

    std::mutex mutex_;
    std::mt19937_64 random_;
    Glance glance_;
    std::string token_;
    std::uint64_t requests_ = 0, tokens_ = 0, token_requests_ = 0, token_requests_failed_ = 0;
    unsigned life_ = 0;
    std::array<std::uint64_t, fault_names.size()> faults_{};
    std::string url_;
    int listener_;
};

}  // namespace soak
