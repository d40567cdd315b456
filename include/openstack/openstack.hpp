// SPDX-License-Identifier: Apache-2.0
// The whole library. Read on in the order of its floors: words, fields, description, what is generated from it, wire,
// operations, services, and the front door.
#ifndef OPENSTACK_OPENSTACK_HPP  // one guard for this and for the single header, whichever comes first
#define OPENSTACK_OPENSTACK_HPP

// 0 words: the compiler's version is looked at before all
#include <openstack/version.hpp>

#include <openstack/algorithm.hpp>
#include <openstack/ascii.hpp>
#include <openstack/attempts.hpp>
#include <openstack/callback.hpp>
#include <openstack/clock.hpp>
#include <openstack/endpoint.hpp>
#include <openstack/error.hpp>
#include <openstack/fixed_string.hpp>
#include <openstack/http_error.hpp>
#include <openstack/json_pointer.hpp>
#include <openstack/one_line.hpp>
#include <openstack/open_enum.hpp>
#include <openstack/stop_token.hpp>
#include <openstack/timestamp.hpp>
#include <openstack/uri.hpp>
#include <openstack/utf8.hpp>
#include <openstack/uuid.hpp>
// 1 fields
#include <openstack/field.hpp>
#include <openstack/options.hpp>
#include <openstack/properties.hpp>
#include <openstack/raw_json.hpp>
// 2 description
#include <openstack/codec.hpp>
#include <openstack/describe.hpp>
#include <openstack/field_info.hpp>
#include <openstack/property_key.hpp>
#include <openstack/property_value.hpp>
#include <openstack/resource.hpp>
#include <openstack/resource_info.hpp>
// 3 generated
#include <openstack/changes.hpp>
#include <openstack/from_json.hpp>
#include <openstack/json.hpp>
#include <openstack/json_decoder.hpp>
#include <openstack/json_types.hpp>
#include <openstack/patch.hpp>
#include <openstack/query.hpp>
#include <openstack/to_json.hpp>
#include <openstack/where.hpp>
// 4 wire
#include <openstack/authentication.hpp>
#include <openstack/curl_transport.hpp>
#include <openstack/failure.hpp>
#include <openstack/hash.hpp>
#include <openstack/http.hpp>
#include <openstack/log.hpp>
#include <openstack/observer.hpp>
#include <openstack/session.hpp>
#include <openstack/session_options.hpp>
#include <openstack/sink.hpp>
#include <openstack/source.hpp>
// 5 operations
#include <openstack/answer.hpp>
#include <openstack/at_once.hpp>
#include <openstack/by_name.hpp>
#include <openstack/download_stream.hpp>
#include <openstack/listing.hpp>
#include <openstack/page.hpp>
#include <openstack/progress.hpp>
#include <openstack/proxy.hpp>
#include <openstack/resource_ref.hpp>
#include <openstack/upload.hpp>
#include <openstack/verification.hpp>
#include <openstack/versions.hpp>
#include <openstack/waiting.hpp>
// 6 services
#include <openstack/auth/auth_method.hpp>
#include <openstack/auth/fixed_token.hpp>
#include <openstack/auth/keystone.hpp>
#include <openstack/auth/keystone_answers.hpp>
#include <openstack/auth/methods.hpp>
#include <openstack/auth/scope.hpp>
#include <openstack/image/v2/disk_inspection.hpp>
#include <openstack/image/v2/documents.hpp>
#include <openstack/image/v2/ensure_image.hpp>
#include <openstack/image/v2/image.hpp>
#include <openstack/image/v2/image_cache.hpp>
#include <openstack/image/v2/image_data.hpp>
#include <openstack/image/v2/image_fingerprint.hpp>
#include <openstack/image/v2/image_import.hpp>
#include <openstack/image/v2/image_imports.hpp>
#include <openstack/image/v2/image_locations.hpp>
#include <openstack/image/v2/image_records.hpp>
#include <openstack/image/v2/image_sender.hpp>
#include <openstack/image/v2/image_service_info.hpp>
#include <openstack/image/v2/image_sharing.hpp>
#include <openstack/image/v2/image_transfers.hpp>
#include <openstack/image/v2/image_upload.hpp>
#include <openstack/image/v2/image_watch.hpp>
#include <openstack/image/v2/import_method.hpp>
#include <openstack/image/v2/lacking_call.hpp>
#include <openstack/image/v2/member.hpp>
#include <openstack/image/v2/metadefs.hpp>
#include <openstack/image/v2/newest_image.hpp>
#include <openstack/image/v2/proxy.hpp>
#include <openstack/image/v2/software_properties.hpp>
#include <openstack/image/v2/upload_options.hpp>
#include <openstack/image/v2/well_known_properties.hpp>
// 7 front door
#include <openstack/cloud_config.hpp>
#include <openstack/config.hpp>
#include <openstack/connection.hpp>

#endif
