// SPDX-License-Identifier: Apache-2.0
// RawJson: a value of any kind, kept as its JSON text.
#pragma once

#include <string>

namespace openstack {

/// What has no type of its own, since it may be anything: `Field<RawJson>`, and vectors and maps of it. It is read from
/// any JSON value, and its text is that value without the space around and in it; from_json reads on from there. It is
/// written as it stands; a text that isn't one JSON value, within from_json's limits, throws InvalidRequest then.
/// JSON's null is the field's, and in a list or map the text `null`.
///
///     task.input = RawJson{R"({"image_id": "1"})"};
///     task.input = RawJson{to_json(input)};
///
/// RawJson is the one to use; it is a template so that a program compiles it only where it has one.
template<class Text>
struct BasicRawJson {
    Text text{};  ///< one JSON value (RFC 8259)

    /// Texts are compared, not what they mean: `1` isn't `1.0`.
    bool operator==(BasicRawJson const&) const = default;
};
/// Any JSON value.
using RawJson = BasicRawJson<std::string>;

}  // namespace openstack
