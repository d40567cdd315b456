// SPDX-License-Identifier: Apache-2.0
// What a piece of code throws, for tests that look at the message.
#pragma once

#include <exception>
#include <stdexcept>
#include <string>
#include <typeinfo>

namespace support {

/// The message of the exception that `action` throws. Says what happened instead if it isn't exactly of that type.
template<class Exception, class Action>
[[nodiscard]] std::string thrown(Action action) {
    try {
        action();
    } catch (std::exception const& error) {
        if (typeid(error) == typeid(Exception)) return error.what();
        return std::string{"another type: "} + typeid(error).name() + ": " + error.what();
    }
    return "nothing thrown";
}

/// The exception itself, if it's exactly of that type; otherwise the test ends, with what happened instead.
template<class Exception, class Action>
[[nodiscard]] Exception caught(Action action) {
    try {
        action();
    } catch (Exception const& error) {
        if (typeid(error) == typeid(Exception)) return error;
        throw;
    }
    throw std::logic_error("nothing thrown");
}

/// Whether `action` throws exactly that type.
template<class Exception, class Action>
[[nodiscard]] bool throws_exactly(Action action) {
    try {
        action();
    } catch (std::exception const& error) {
        return typeid(error) == typeid(Exception);
    }
    return false;
}

}  // namespace support
