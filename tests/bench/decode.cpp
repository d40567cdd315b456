// SPDX-License-Identifier: Apache-2.0
// decode PAGE [RATIO] (with parse_only.cpp): how fast a page of images becomes a vector of Image, next to RapidJSON's
// parser alone with a handler that does nothing. Both copy the text first; they take turns, so that a busy machine
// slows both down. Fails if the median of the ratios is below RATIO.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <openstack/from_json.hpp>
#include <openstack/image/v2/image.hpp>
#include <stdexcept>
#include <string>
#include <vector>

bool parse_only(std::string const& text);

namespace {

struct Page {
    openstack::Field<std::vector<openstack::image::v2::Image>> images{};
    BOOST_DESCRIBE_CLASS(Page, (), (images), (), ())
};

void decode(std::string const& text) {
    auto const page = openstack::from_json<Page>(text);
    if (page.images->empty() || page.images->back().id.value().size() != 36)
        throw std::runtime_error("not a page of images");
}

template<class Action>
double seconds(Action action) {
    auto const begin = std::chrono::steady_clock::now();
    action();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double median(std::vector<double> values) {
    auto const middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::cerr << "usage: decode PAGE [RATIO]\n";
        return EXIT_FAILURE;
    }
    std::ifstream file(argv[1], std::ios::binary);
    std::string const text{std::istreambuf_iterator<char>{file}, {}};
    std::vector<double> parse_times, decode_times, ratios;
    for (int i = 0; i < 301; ++i) {
        parse_times.push_back(seconds([&] {
            if (!parse_only(text)) throw std::runtime_error("not JSON");
        }));
        decode_times.push_back(seconds([&] { decode(text); }));
        ratios.push_back(parse_times.back() / decode_times.back());
    }
    auto const speed = [&](std::vector<double> const& times) {
        return static_cast<double>(text.size()) / median(times) / 1e6;
    };
    std::cout << text.size() << " bytes: parsing alone " << speed(parse_times) << " MB/s, decoding "
              << speed(decode_times) << " MB/s, median ratio " << median(ratios) << '\n';
    return argc > 2 && median(ratios) < std::atof(argv[2]) ? EXIT_FAILURE : EXIT_SUCCESS;
}
