// SPDX-License-Identifier: Apache-2.0
// Everything of openstack-cpp, in the order of its floors.
#pragma once

#include <openstack/from_json.hpp>
#include <openstack/image/v2/image.hpp>
#include <openstack/patch.hpp>
#include <openstack/query.hpp>
#include <openstack/to_json.hpp>
