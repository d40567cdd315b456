// SPDX-License-Identifier: Apache-2.0
// Signed images: what is signed is verified, and nothing else is; and OpenSSL's own program thinks the same.
#include <openstack/image/v2/signature.hpp>

#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <openstack/image/v2/image.hpp>
#include <openstack/sink.hpp>
#include <openstack/source.hpp>

#include "../support/image_answers.hpp"
#include "../support/run_program.hpp"
#include "../support/signers.hpp"
#include "../support/temporary_directory.hpp"
#include "../support/thrown.hpp"

using namespace openstack;
using image::v2::Certificate, image::v2::Image, image::v2::KeyError, image::v2::PrivateKey, image::v2::SignatureCheck,
    image::v2::sign, image::v2::verified;
using support::random_text, support::signer, support::TemporaryDirectory, support::thrown, support::throws_exactly;
namespace img = image::v2::img;

namespace {

std::string const uuid = "125e6199-2de4-46e3-b091-8e2401ef0d63";

using Method = PropertyValue<OneOf<img::signature_hash_methods>>;

Image signed_image(std::string const& data, std::string const& kind = "secp384r1", Method const& method = "SHA-256") {
    Image image{.id = "i"};
    auto const source = from_memory(data);
    sign(image, *source, PrivateKey::from_pem(signer(kind).key), uuid, method);
    return image;
}

Certificate certificate(std::string const& kind = "secp384r1") {
    return Certificate::from_pem(signer(kind).certificate);
}

void check(Image const& image, std::string const& data, Certificate const& of = certificate()) {
    SignatureCheck signature{image, of};
    signature.update(openstack::detail::bytes_of(data));
    signature.finish();
}
bool is_signed(Image const& image, std::string const& data, Certificate const& of = certificate()) {
    try {
        check(image, data, of);
        return true;
    } catch (IntegrityError const&) {
        return false;
    }
}

std::string bytes_in(Image const& image) {
    return image::v2::detail::from_base64(*image.properties.get(img::signature)).value();
}

}  // namespace

TEST_CASE("An image is signed by each type of key", "[signature]") {
    std::string const data = random_text(1000);
    for (auto const& [kind, type] : support::signing_kinds) {
        INFO(kind);
        Image const image = signed_image(data, kind);
        CHECK(image.properties.size() == 4);
        CHECK(image.properties.at("img_signature_key_type") == type);
        CHECK(image.properties.at("img_signature_hash_method") == "SHA-256");
        CHECK(image.properties.at("img_signature_certificate_uuid") == uuid);
        CHECK(PrivateKey::from_pem(signer(kind).key).type() == type);
        CHECK(certificate(kind).type() == type);
        CHECK(is_signed(image, data, certificate(kind)));
        CHECK_FALSE(is_signed(image, data + 'x', certificate(kind)));
        CHECK_FALSE(is_signed(image, "", certificate(kind)));
    }
}

TEST_CASE("An image is signed by each hash", "[signature]") {
    std::string const data = random_text(1000);
    for (std::string_view const method : img::signature_hash_methods)
        for (std::string const kind : {"RSA:2048", "sect409k1"}) {
            INFO(method << ' ' << kind);
            Image image = signed_image(data, kind, unlisted(method));
            CHECK(image.properties[img::signature_hash_method].value() == method);
            CHECK(is_signed(image, data, certificate(kind)));
            std::string_view const other = method == "SHA-512" ? "SHA-384" : "SHA-512";
            image.properties[img::signature_hash_method] = unlisted(other);
            CHECK_FALSE(is_signed(image, data, certificate(kind)));
        }
    CHECK(signed_image(data, "secp384r1", "SHA-512").properties.at("img_signature_hash_method") == "SHA-512");
    CHECK(thrown<InvalidRequest>([&] { signed_image(data, "secp384r1", unlisted("MD5")); }) ==
          "images aren't signed by the hash MD5");
}

TEST_CASE("A signature is right for nothing else", "[signature]") {
    std::string const data = random_text(5000);
    for (std::string const kind : {"RSA:2048", "secp521r1"}) {
        Image const image = signed_image(data, kind);
        INFO(kind);
        for (std::size_t const at : {std::size_t{0}, data.size() / 2, data.size() - 1}) {
            std::string changed = data;
            changed[at] = static_cast<char>(changed[at] ^ 1);
            CHECK(thrown<IntegrityError>([&] { check(image, changed, certificate(kind)); }) ==
                  "image i: its data isn't what CN = a signer has signed");
        }
        std::string const bytes = bytes_in(image);
        for (std::size_t const at : {std::size_t{0}, bytes.size() / 2, bytes.size() - 1}) {
            std::string changed = bytes;
            changed[at] = static_cast<char>(changed[at] ^ 1);
            Image other = image;
            other.properties[img::signature] = image::v2::detail::to_base64(changed);
            CHECK_FALSE(is_signed(other, data, certificate(kind)));
        }
        for (std::string const& other :
             {std::string{}, bytes + '\0', bytes.substr(1), std::string(bytes.size(), '\0')}) {
            Image changed = image;
            changed.properties[img::signature] = image::v2::detail::to_base64(other);
            CHECK_FALSE(is_signed(changed, data, certificate(kind)));
        }
        auto const another = Certificate::from_pem(support::self_signed(kind).certificate);
        CHECK_FALSE(is_signed(image, data, another));
    }
}

TEST_CASE("Data comes in pieces, and again", "[signature]") {
    std::string const data = random_text(1'300'000);
    Image const image = signed_image(data);
    SignatureCheck signature{image, certificate()};
    auto const pass = [&](std::size_t piece) {
        for (std::size_t at = 0; at < data.size(); at += piece)
            signature.update(openstack::detail::bytes_of(std::string_view{data}.substr(at, piece)));
    };
    pass(7);
    CHECK_NOTHROW(signature.finish());
    signature.restart();
    pass(500'000);
    CHECK_NOTHROW(signature.finish());
    pass(500'000);
    CHECK(throws_exactly<IntegrityError>([&] { signature.finish(); }));
}

TEST_CASE("An image without a signature that can be judged isn't verified", "[signature]") {
    Image const good = signed_image("data");
    auto const said = [&](std::string const& name, std::optional<std::string> const& text) {
        Image image = good;
        image.properties.erase(name);
        if (text) image.properties[name] = *text;
        return thrown<IntegrityError>([&] { SignatureCheck{image, certificate()}; });
    };
    for (std::string const name :
         {"img_signature", "img_signature_hash_method", "img_signature_key_type", "img_signature_certificate_uuid"})
        CHECK(said(name, std::nullopt) == "image i isn't signed: it has no property " + name);
    CHECK(thrown<IntegrityError>([&] {
              SignatureCheck{Image{}, certificate()};
          }) == "the image isn't signed: it has no property img_signature");
    for (std::string const method : {"MD5", "SHA-1", "sha-256", "SHA256", "", "SHA-256 "})
        CHECK(said("img_signature_hash_method", method).starts_with("image i is signed by no hash of signatures"));
    for (std::string const type : {"RSA-PSS", "DSA", "ECC_SECP521R1", "ecc_secp384r1", ""})
        CHECK(said("img_signature_key_type", type) ==
              "image i is signed by a key of the type " + type + ", but that of CN = a signer is ECC_SECP384R1");
    for (std::string const text :
         {"", " ", "A", "AAA", "AA=A", "A===", "====", "AAAA=", "AAAA-", "AAA-", "AAA_", "AA\xc3\xa4"})
        CHECK(said("img_signature", text) == "image i: its property img_signature isn't Base64");
}

TEST_CASE("A signature's Base64 may have line ends", "[signature]") {
    Image image = signed_image("data", "RSA:2048");
    std::string text = image.properties.at("img_signature");
    CHECK(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") == text.npos);
    for (std::size_t at = 76; at < text.size(); at += 77) text.insert(at, "\n");
    image.properties[img::signature] = text + "\r\n";
    CHECK(is_signed(image, "data", certificate("RSA:2048")));
    using image::v2::detail::from_base64, image::v2::detail::to_base64;
    for (std::string const bytes : {"f", "fo", "foo", "foob", "fooba", "foobar"})
        CHECK(from_base64(to_base64(bytes)) == bytes);
    CHECK(to_base64("fooba") == "Zm9vYmE=");  // RFC 4648 section 10
    CHECK(to_base64("") == "");
}

TEST_CASE("A certificate counts while it is valid", "[signature]") {
    using std::chrono::hours;
    Image const image = signed_image("data");
    auto const of = [](support::Validity validity) {
        return Certificate::from_pem(support::self_signed("secp384r1", validity).certificate);
    };
    Certificate const old = of({hours{-48}, hours{-24}});
    Certificate const young = of({hours{24}, hours{48}});
    std::string const expired = thrown<KeyError>([&] { SignatureCheck{image, old}; });
    CHECK(expired.starts_with("the certificate of CN = a signer has expired: it was valid until "));
    CHECK(expired.ends_with(" GMT"));
    CHECK(thrown<KeyError>([&] {
              SignatureCheck{image, young};
          }).starts_with("the certificate of CN = a signer isn't valid yet, but from "));
    for (Certificate const& each : {old, young}) {
        SignatureCheck signature{image, each, {.check_dates = false}};
        signature.update(openstack::detail::bytes_of("data"));
        CHECK(throws_exactly<IntegrityError>([&] { signature.finish(); }));
    }
    support::Certificate const own = support::self_signed("secp384r1", {hours{-48}, hours{-24}});
    Image late{.id = "i"};
    sign(late, *from_memory("data"), PrivateKey::from_pem(own.key), uuid);
    SignatureCheck signature{late, Certificate::from_pem(own.certificate), {.check_dates = false}};
    signature.update(openstack::detail::bytes_of("data"));
    CHECK_NOTHROW(signature.finish());
}

TEST_CASE("Keys and certificates that can't be used are refused with the reason", "[signature]") {
    auto const refused = [](auto action) { return thrown<KeyError>(action); };
    support::Certificate const good = signer("secp384r1");
    std::string const encrypted = support::encrypted_key(good, "the passphrase");
    CHECK(PrivateKey::from_pem(encrypted, "the passphrase").type() == "ECC_SECP384R1");
    CHECK(refused([&] { (void)PrivateKey::from_pem(encrypted); }) ==
          "the private key is encrypted, and there is no passphrase");
    for (std::string const& wrong : {std::string{"another secret"}, std::string(5000, 's')})
        CHECK(refused([&] { (void)PrivateKey::from_pem(encrypted, wrong); }) ==
              "the passphrase is wrong, or the private key is damaged");
    CHECK(PrivateKey::from_pem(good.key, "which it doesn't need").type() == "ECC_SECP384R1");
    for (std::string const& none : {std::string{}, std::string{"secret"}, good.certificate, good.key.substr(1),
                                    good.key.substr(0, good.key.size() / 2)})
        CHECK(refused([&] { (void)PrivateKey::from_pem(none, "secret"); }) == "there is no private key in PEM");
    for (std::string const& none : {std::string{}, good.key, good.certificate.substr(0, 200)})
        CHECK(refused([&] { (void)Certificate::from_pem(none); }) == "there is no certificate in PEM");
    CHECK(Certificate::from_pem(good.key + good.certificate).type() == "ECC_SECP384R1");
    CHECK(refused([] { (void)PrivateKey::from_pem(std::string((1 << 20) + 1, ' ')); }) ==
          "a key or certificate in PEM has more than 1 MiB");

    support::Certificate const weak = support::self_signed("RSA:1024");
    std::string const reason = "an RSA key of 1024 bits is too weak: it must have 2048";
    CHECK(refused([&] { (void)PrivateKey::from_pem(weak.key); }) == reason);
    CHECK(refused([&] { (void)Certificate::from_pem(weak.certificate); }) == reason);
    for (auto const& [kind, type] : {std::pair{"P-256", "ECC_prime256v1"}, {"ED25519", "ED25519"}}) {
        support::Certificate const other = support::self_signed(kind);
        std::string const start =
            std::string{"a key of the type "} + type + " signs no images; these do: RSA-PSS, ECC_";
        CHECK(refused([&] { (void)PrivateKey::from_pem(other.key); }).starts_with(start));
        CHECK(refused([&] { (void)Certificate::from_pem(other.certificate); }).starts_with(start));
    }
    CHECK(ERR_peek_error() == 0);
}

TEST_CASE("Keys and certificates lie in files", "[signature]") {
    TemporaryDirectory const folder;
    support::write_file(folder / "key", support::encrypted_key(signer("RSA:2048"), "secret"));
    support::write_file(folder / "certificate", signer("RSA:2048").certificate);
    CHECK(PrivateKey::from_file(folder / "key", "secret").type() == "RSA-PSS");
    CHECK(Certificate::from_file((folder / "certificate").string()).type() == "RSA-PSS");
    std::string const said = thrown<KeyError>([&] { (void)PrivateKey::from_file(folder / "key", "wrong"); });
    CHECK(said == (folder / "key").string() + ": the passphrase is wrong, or the private key is damaged");
    CHECK(throws_exactly<IoError>([&] { (void)PrivateKey::from_file(folder / "none"); }));
    CHECK(throws_exactly<IoError>([&] { (void)Certificate::from_file(folder.path()); }));
    CHECK(thrown<KeyError>([&] { (void)Certificate::from_file("/dev/zero"); }) ==
          "/dev/zero: a key or certificate in PEM has more than 1 MiB");
}

TEST_CASE("Signing leaves the source at its start, and the image as it was if that can't be", "[signature]") {
    std::string const data = random_text(700'000);
    PrivateKey const key = PrivateKey::from_pem(signer("secp384r1").key);
    Image image{.id = "i"};
    auto const source = from_memory(data);
    std::array<std::byte, 10> buffer{};
    CHECK(source->read(buffer) == 10);
    sign(image, *source, key, uuid);
    CHECK(source->read(buffer) == 10);
    CHECK(std::memcmp(buffer.data(), data.data(), buffer.size()) == 0);
    CHECK(is_signed(image, data));

    Image other{.id = "j", .properties = {{"colour", "red"}}};
    Image const before = other;
    auto const once = from_callback([](std::span<std::byte>) { return std::size_t{0}; });
    CHECK(thrown<SourceError>([&] { sign(other, *once, key, uuid); }) ==
          "the source can't be read twice, which signing it needs");
    auto const failing = from_callback([](std::span<std::byte>) -> std::size_t { throw std::out_of_range("mine"); });
    CHECK(throws_exactly<SourceError>([&] { sign(other, *failing, key, uuid); }));
    CHECK(thrown<InvalidRequest>([&] { sign(other, *source, key, ""); }) ==
          "an image can't be signed without its certificate's id");
    CHECK(other.properties == before.properties);
    sign(other, *source, key, uuid);
    CHECK(other.properties.size() == 5);
}

TEST_CASE("A file appears only if its signature is right", "[signature]") {
    TemporaryDirectory const folder;
    std::string const data = random_text(300'000);
    Image const image = signed_image(data);
    auto const fetch = [&](std::string_view bytes) {
        auto const sink = verified(to_file(folder / "disk"), image, certificate());
        CHECK(sink->begin(support::sha512_of(std::string{bytes}), [](std::span<std::byte const>) {}) == 0);
        sink->write(openstack::detail::bytes_of(bytes.substr(0, 1000)));
        sink->write(openstack::detail::bytes_of(bytes.substr(1000)));
        sink->finish();
    };
    CHECK(throws_exactly<IntegrityError>([&] { fetch(data + 'x'); }));
    CHECK(folder.names().empty());
    fetch(data);
    CHECK(support::read_file(folder / "disk") == data);
    CHECK(throws_exactly<IntegrityError>([&] { fetch(data.substr(1)); }));
    CHECK(folder.names() == std::vector<std::string>{"disk"});
    CHECK(thrown<InvalidRequest>([&] { (void)verified(nullptr, image, certificate()); }) ==
          "the sink of the data is null");
}

TEST_CASE("A sink that goes back is verified from its start", "[signature]") {
    TemporaryDirectory const folder;
    std::string const data = random_text(1000);
    auto const file = verified(to_file(folder / "disk"), signed_image(data), certificate());
    file->write(openstack::detail::bytes_of("wrong"));
    CHECK(file->rewind());
    file->write(openstack::detail::bytes_of(data));
    file->finish();
    CHECK(support::read_file(folder / "disk") == data);

    std::ostringstream out;
    auto const to_out = verified(to_stream(out), signed_image(data), certificate());
    to_out->write(openstack::detail::bytes_of(data));
    CHECK_FALSE(to_out->rewind());
    CHECK(to_out->scatter(data.size()) == nullptr);
    CHECK_NOTHROW(to_out->finish());
    CHECK(out.str() == data);
}

TEST_CASE("Parts in any order are verified in theirs", "[signature]") {
    TemporaryDirectory const folder;
    std::string const data = random_text(500'000);
    auto const bytes = std::span{data};
    auto const sink = verified(to_file(folder / "disk"), signed_image(data), certificate());
    sink->write(std::as_bytes(bytes.first(1000)));
    ScatteredSink* const scattered = sink->scatter(data.size());
    REQUIRE(scattered != nullptr);
    scattered->write_at(300'000, std::as_bytes(bytes.subspan(300'000)));
    scattered->write_at(1000, std::as_bytes(bytes.subspan(1000, 299'000)));
    std::vector<std::byte> buffer(100'000);
    auto const read_back = [&] {
        std::size_t at = 1000;
        while (std::size_t const count = scattered->read_at(at, buffer)) at += count;
        return at;
    };
    SECTION("read back in order") {
        CHECK(read_back() == data.size());
        scattered->gather(data.size());
    }
    SECTION("not read back") { CHECK_NOTHROW(scattered->gather(data.size())); }
    SECTION("read back elsewhere") {
        CHECK(scattered->read_at(200'000, buffer) == buffer.size());
        scattered->gather(data.size());
    }
    SECTION("read back further than it counts") {
        CHECK(read_back() == data.size());
        scattered->gather(250'000);
        sink->write(std::as_bytes(bytes.subspan(250'000)));
    }
    sink->finish();
    CHECK(support::read_file(folder / "disk") == data);
}

TEST_CASE("One key signs, and one certificate verifies, in several threads", "[signature]") {
    PrivateKey const key = PrivateKey::from_pem(signer("RSA:2048").key);
    Certificate const of = certificate("RSA:2048");
    std::array<bool, 4> are_right{};
    {
        std::vector<std::jthread> threads;
        for (bool& is_right : are_right)
            threads.emplace_back([&] {
                is_right = true;
                for (int i = 0; i < 5; ++i) {
                    std::string const data = std::to_string(i);
                    Image image{.id = "i"};
                    sign(image, *from_memory(data), key, uuid);
                    is_right = is_right && is_signed(image, data, of) && !is_signed(image, "other", of);
                }
            });
    }
    CHECK(std::ranges::count(are_right, true) == 4);
}

TEST_CASE("OpenSSL's program verifies what is signed, and signs what is verified", "[signature]") {
    TemporaryDirectory const folder;
    std::string const data = random_text(100'000);
    support::write_file(folder / "data", data);
    for (auto const& [kind, type] : support::signing_kinds) {
        INFO(kind);
        bool const is_rsa = std::string_view{type} == "RSA-PSS";
        support::write_file(folder / "key", signer(kind).key);
        support::write_file(folder / "certificate", signer(kind).certificate);
        std::string const path = folder.path().string() + '/';
        support::run_program(
            {"openssl", "x509", "-in", path + "certificate", "-noout", "-pubkey", "-out", path + "public"});
        auto const digest = [&](std::string const& salt, std::vector<std::string> arguments) {
            std::vector<std::string> all{"openssl", "dgst", "-sha384"};
            if (is_rsa) all.insert(all.end(), {"-sigopt", "rsa_padding_mode:pss"});
            if (is_rsa) all.insert(all.end(), {"-sigopt", "rsa_pss_saltlen:" + salt});
            all.insert(all.end(), arguments.begin(), arguments.end());
            all.push_back(path + "data");
            support::run_program(all);
        };
        Image image = signed_image(data, kind, "SHA-384");
        support::write_file(folder / "signature", bytes_in(image));
        CHECK_NOTHROW(
            digest("max", {"-verify", path + "public", "-signature", path + "signature", "-out", path + "said"}));
        digest("max", {"-sign", path + "key", "-out", path + "signature"});
        image.properties[img::signature] = image::v2::detail::to_base64(support::read_file(folder / "signature"));
        CHECK(is_signed(image, data, certificate(kind)));
        if (!is_rsa) continue;
        // cursive, by which Glance and Nova verify, takes the longest salt only.
        digest("digest", {"-sign", path + "key", "-out", path + "signature"});
        image.properties[img::signature] = image::v2::detail::to_base64(support::read_file(folder / "signature"));
        CHECK_FALSE(is_signed(image, data, certificate(kind)));
    }
}
