// SPDX-License-Identifier: Apache-2.0
// Signed images: the service verifies what is signed here, refuses what isn't, and gives the signature back.
#include <catch2/catch.hpp>
#include <cstddef>
#include <filesystem>
#include <map>
#include <openstack/image/v2/signature.hpp>
#include <openstack/uuid.hpp>
#include <random>
#include <string>
#include <string_view>

#include "../support/signers.hpp"
#include "../support/temporary_directory.hpp"
#include "cloud.hpp"

using live::caught, live::check_is_told, live::demo, live::TemporaryImage, live::unique;
using live::image::Certificate, live::image::ContainerFormat, live::image::DiskFormat, live::image::Image,
    live::image::ImageStatus, live::image::PrivateKey, live::image::sign, live::image::verified;
using openstack::from_memory, openstack::to_file, openstack::unlisted, openstack::where;
using support::signer, support::signing_kinds, support::TemporaryDirectory;
namespace img = live::image::img;

namespace {

live::image::Proxy const& glance() { return demo().glance(); }

std::string random_bytes(std::size_t size) {
    std::minstd_rand random{static_cast<unsigned>(size)};
    std::string bytes(size, '\0');
    for (char& each : bytes) each = static_cast<char>(random());
    return bytes;
}

/// The id of the signer's certificate, which lies where the service's key manager finds it.
std::string const& certificate_id(std::string const& kind) {
    static std::map<std::string, std::string> ids;
    std::string& id = ids[kind];
    if (!id.empty()) return id;
    id = openstack::detail::random_uuid();
    std::filesystem::path const folder = live::variable("SERVICES_DIR");
    support::write_file(folder / "certificates" / (id + ".pem"), signer(kind).certificate);
    return id;
}

Image signed_image(std::string const& data, std::string const& kind, std::string_view hash_method = "SHA-256") {
    Image image{.name = unique(), .disk_format = DiskFormat::raw, .container_format = ContainerFormat::bare};
    auto const source = from_memory(data);
    sign(image, *source, PrivateKey::from_pem(signer(kind).key), certificate_id(kind), unlisted(hash_method));
    return image;
}

Certificate certificate(std::string const& kind) { return Certificate::from_pem(signer(kind).certificate); }

}  // namespace

TEST_CASE("The service verifies an image signed by each type of key and each hash", "[live][signature]") {
    std::string const data = random_bytes(300'000);
    TemporaryDirectory const folder;
    for (auto const& [kind, type] : signing_kinds)
        for (std::string_view const method : img::signature_hash_methods) {
            INFO(kind << ' ' << method);
            Image const wanted = signed_image(data, kind, method);
            auto const made = TemporaryImage::adopt(glance().upload_image(wanted, from_memory(data)));
            Image const image = made.now();
            CHECK(image.status == ImageStatus::active);
            for (auto const& [name, text] : wanted.properties) CHECK(image.properties.at(name) == text);
            CHECK(image.properties[img::signature_key_type] == unlisted(type));
            glance().download_image(image, verified(to_file(folder / "disk"), image, certificate(kind)));
            CHECK((support::read_file(folder / "disk") == data));
        }
    CHECK(folder.names().size() == 1);
}

TEST_CASE("The service refuses data that isn't what was signed", "[live][signature]") {
    std::string const data = random_bytes(1000);
    Image const wanted = signed_image(data, "RSA:2048");
    auto const refusal = caught<openstack::BadRequest>(
        [&] { glance().upload_image(wanted, from_memory(std::string_view{data}.substr(1))); });
    check_is_told(refusal);
    CHECK(refusal.server_text().find("Signature verification") != std::string::npos);
    CHECK(live::ids(glance().images(where<&Image::name> == *wanted.name)).empty());
}

TEST_CASE("The service refuses a signature whose certificate its key manager doesn't have", "[live][signature]") {
    std::string const data = random_bytes(1000);
    Image wanted = signed_image(data, "secp384r1");
    wanted.properties[img::signature_certificate_uuid] = openstack::detail::random_uuid();
    auto const refusal = caught<openstack::BadRequest>([&] { glance().upload_image(wanted, from_memory(data)); });
    check_is_told(refusal);
    CHECK(refusal.server_text().find("Certificate not found") != std::string::npos);
}

TEST_CASE("What is stored unsigned, or signed by another, isn't downloaded as signed", "[live][signature]") {
    std::string const data = random_bytes(1000);
    TemporaryDirectory const folder;
    TemporaryImage const unsigned_one{data};
    CHECK_THROWS_AS(verified(to_file(folder / "disk"), unsigned_one.now(), certificate("RSA:2048")),
                    openstack::IntegrityError);
    auto const made = TemporaryImage::adopt(glance().upload_image(signed_image(data, "RSA:2048"), from_memory(data)));
    Image const image = made.now();
    auto const other = Certificate::from_pem(support::self_signed("RSA:2048").certificate);
    static_cast<void>(caught<openstack::IntegrityError>(
        [&] { glance().download_image(image, verified(to_file(folder / "disk"), image, other)); }));
    CHECK(folder.names().empty());
}

TEST_CASE("An import is verified by the service, too", "[live][signature]") {
    std::string const data = random_bytes(1000);
    auto const made = TemporaryImage::adopt(
        glance().upload_image(signed_image(data, "secp521r1"), from_memory(data), {.via = live::image::Via::import}));
    CHECK(made.now().status == ImageStatus::active);
}
