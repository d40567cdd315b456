// SPDX-License-Identifier: Apache-2.0
// RapidJSON's parser alone, with a handler that does nothing. In a file of its own: among other code compilers don't
// inline all of it, and it is three times as slow.
#include <rapidjson/reader.h>

#include <string>

/// Whether the text is JSON.
bool parse_only(std::string const& text) {
    std::string copy = text;
    rapidjson::InsituStringStream stream(copy.data());
    rapidjson::BaseReaderHandler<> handler;
    rapidjson::Reader reader;
    return !reader.Parse<rapidjson::kParseInsituFlag>(stream, handler).IsError();
}
