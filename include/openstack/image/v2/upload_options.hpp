// SPDX-License-Identifier: Apache-2.0
// How an upload goes.
#pragma once

#include <string>
#include <vector>

#include <openstack/clock.hpp>
#include <openstack/progress.hpp>
#include <openstack/verification.hpp>

namespace openstack::image::v2 {

/// How data gets into the service.
enum class Via {
    direct,    ///< PUT .../file
    import,    ///< into the staging area, and by the import method glance-direct from there
    automatic  ///< direct; by import where that takes several stores, or the service doesn't allow the direct way
};

/// What upload_image does where there is an image of that name.
enum class Duplicates {
    allow,  ///< it makes another one, as the service does
    refuse  ///< it throws DuplicateResource. Another client can still make one at the same time
};

/// How an upload goes.
struct UploadOptions {
    bool allow_empty = false;       ///< an image of no bytes is mostly a mistake: it is refused before anything is sent
    bool check_format = true;       ///< a source that is another kind of disk than disk_format says is refused
    bool allow_references = false;  ///< a disk that refers to other files isn't refused
    bool keep_on_failure = false;   ///< upload_image leaves the record that it made, instead of deleting it
    Verification verification = Verification::required;  ///< of what was stored: its record's hash is compared
    ProgressFunction progress{};                         ///< called while data is sent
    Upload* result = nullptr;                            ///< if it isn't null, it's told what was stored
    /// From the last byte sent to the answer: the service may still be writing the data to its store. And, where the
    /// answer got lost, from then until the record says what has become of the data.
    std::chrono::milliseconds response_timeout = std::chrono::minutes(15);
    Via via = Via::direct;
    std::vector<std::string> stores{};  ///< the data goes into these; several of them take an import
    bool all_stores = false;            ///< it goes into all that there are, by import
    /// Of several stores, one that fails makes the upload fail; otherwise one that succeeds is enough.
    bool all_stores_must_succeed = true;
    /// An import is waited for, and its data verified. Otherwise the record is given as it is when the import begins.
    bool wait = true;
    /// Of an import, from its beginning to its end; 0: none. If it isn't over then, upload_image deletes the record.
    std::chrono::milliseconds import_timeout = std::chrono::hours(1);
    Duplicates duplicates = Duplicates::allow;
};

}  // namespace openstack::image::v2
