// SPDX-License-Identifier: Apache-2.0
// BasicSetting: what a configuration file says, as a tree of texts, lists and maps that knows where each stands.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openstack/error.hpp>
#include <openstack/json.hpp>
#include <openstack/one_line.hpp>
#include <openstack/utf8.hpp>

namespace openstack::detail {

/// What a setting is; null is also a key of YAML that has nothing behind it.
enum class SettingKind { null, scalar, list, map };

/// A key as all of a configuration's are compared: `Region-Name` is `region_name`.
template<class Text = std::string>
[[nodiscard]] Text normal_key(std::string_view key) {
    Text normal{key};
    for (char& c : normal) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (c == '-') c = '_';
    }
    return normal;
}

/// The parts of the text between the separators, without spaces around them and without empty ones.
template<class Text = std::string>
[[nodiscard]] std::vector<Text> split(std::string_view text, char separator) {
    std::vector<Text> parts;
    for (std::size_t begin = 0; begin <= text.size();) {
        std::size_t const found = text.find(separator, begin);
        std::size_t const end = found == text.npos ? text.size() : found;
        std::string_view part = text.substr(begin, end - begin);
        while (part.starts_with(' ')) part.remove_prefix(1);
        while (part.ends_with(' ')) part.remove_suffix(1);
        if (!part.empty()) parts.emplace_back(part);
        begin = end + 1;
    }
    return parts;
}

/// One setting and what is below it. Setting is the one to use; it is a template so that a program compiles it only
/// where it reads a configuration.
template<class Text>
struct BasicSetting {
    SettingKind kind = SettingKind::null;  ///< of the members below, which ones count
    Text key{};                            ///< of a map's element
    Text text{};                           ///< of a scalar, as it is written: 0123 and yes stay what they are
    Text file{};                           ///< empty: it's an environment's
    Text path{};                           ///< in the file, such as `clouds.demo.regions[0]`; or the variable's name
    bool is_secret = false;                ///< it's below `auth`, so that no message may repeat it
    std::vector<BasicSetting> items{};     ///< of a list or a map

    /// A map without elements, of no file.
    [[nodiscard]] static BasicSetting map() { return BasicSetting{SettingKind::map, {}, {}, {}, {}, false, {}}; }
    /// An element of a map, of no file; `path` is what messages call it.
    [[nodiscard]] static BasicSetting scalar(Text key, std::string_view text, std::string_view path) {
        return BasicSetting{SettingKind::scalar, std::move(key), Text{text}, {}, Text{path}, false, {}};
    }

    /// Where it stands, as messages begin.
    [[nodiscard]] Text place() const { return file.empty() ? path : path.empty() ? file : file + ": " + path; }

    [[nodiscard]] bool is_null() const { return kind == SettingKind::null; }
    [[nodiscard]] bool is_scalar() const { return kind == SettingKind::scalar; }
    [[nodiscard]] bool is_list() const { return kind == SettingKind::list; }
    [[nodiscard]] bool is_map() const { return kind == SettingKind::map; }

    /// The map's element; null if there is none, or this is no map.
    [[nodiscard]] BasicSetting const* find(std::string_view name) const {
        if (!is_map()) return nullptr;
        for (BasicSetting const& each : items)
            if (each.key == name) return &each;
        return nullptr;
    }
    [[nodiscard]] BasicSetting* find(std::string_view name) {
        return const_cast<BasicSetting*>(std::as_const(*this).find(name));
    }

    /// Throws ConfigError for an element of this map, of which `problem` is said. A key without a value isn't named: it
    /// may be what stands behind a comma of a secret.
    [[noreturn]] void refuse(BasicSetting const& element, std::string_view problem) const {
        if (element.is_null())
            throw ConfigError((place().empty() ? element.file : place()) +
                              " has a key without a value that isn't known or is there twice; a text with a "
                              "comma or a brace needs quotes");
        throw ConfigError(element.place() + Text{problem});
    }

    /// The map's element, if it says something; null if it's a null or an empty text, too.
    [[nodiscard]] BasicSetting const* given(std::string_view name) const {
        BasicSetting const* const found = find(name);
        bool const is_empty = found == nullptr || found->is_null() || (found->is_scalar() && found->text.empty());
        return is_empty ? nullptr : found;
    }

    /// Puts the element into the map, for one of that key if there is one.
    void set(BasicSetting element) {
        if (BasicSetting* const old = find(element.key)) {
            *old = std::move(element);
        } else {
            items.push_back(std::move(element));
        }
    }

    /// Lays `over` over this: of two maps, element for element; otherwise `over` is what counts, but for a null over
    /// a map. A map stays where it stands.
    void merge(BasicSetting const& over) {
        if (is_map() && over.is_null()) return;
        if (!is_map() || !over.is_map()) {
            *this = over;
            return;
        }
        for (BasicSetting const& each : over.items) {
            if (BasicSetting* const old = find(each.key)) {
                old->merge(each);
            } else {
                items.push_back(each);
            }
        }
    }

    /// Makes the keys of this map and all below it normal, but not those that many levels below it, which are names.
    /// Throws ConfigError for one that is there twice then.
    void normalize(std::size_t level_of_names = Text::npos) {
        for (BasicSetting& each : items) {
            Text key_then = level_of_names == 0 ? each.key : normal_key<Text>(each.key);
            if (is_map() && find_before(each, key_then)) refuse(each, " is there twice");
            each.key = std::move(key_then);
            each.normalize(level_of_names - 1);
        }
    }

  private:
    [[nodiscard]] bool find_before(BasicSetting const& end, std::string_view name) const {
        for (BasicSetting const* each = items.data(); each != &end; ++each)
            if (each->key == name) return true;
        return false;
    }
};
/// The setting that configurations are read as.
using Setting = BasicSetting<std::string>;

/// What one file may have at most.
struct SettingLimits {
    static constexpr std::size_t bytes = std::size_t{1} << 20;  ///< of its text
    static constexpr std::size_t depth = 64;                    ///< of lists and maps in each other
    static constexpr std::size_t settings = 20'000;             ///< scalars, lists and maps together
};

/// Makes a tree of what a parser tells, JSON's or YAML's, and counts.
template<class Setting, class Limits = SettingLimits>
class SettingBuilder {
  public:
    /// `file` is the name that messages have for it.
    explicit SettingBuilder(std::string file) { root_.file = std::move(file); }

    /// What would make the tree too large; empty if nothing does.
    [[nodiscard]] std::string_view problem() const { return problem_; }
    /// The tree, when all was told.
    [[nodiscard]] Setting take() { return std::move(root_); }

    bool null() { return add(SettingKind::null, {}); }
    bool boolean(bool value) { return add(SettingKind::scalar, value ? "true" : "false"); }
    bool number(std::string_view text) { return add(SettingKind::scalar, text); }
    bool string(std::string_view text) { return add(SettingKind::scalar, text); }
    bool key(std::string_view text) {
        key_ = text;
        return true;
    }
    bool begin_object() { return begin(SettingKind::map); }
    bool end_object() { return end(); }
    bool begin_array() { return begin(SettingKind::list); }
    bool end_array() { return end(); }

  private:
    bool add(SettingKind kind, std::string_view text) {
        if (find_invalid_utf8(text) != text.npos) {
            problem_ = "it isn't UTF-8 text";
            return false;
        }
        if (++count_ > Limits::settings) {
            problem_ = "it has more than 20000 settings";
            return false;
        }
        Setting* made = &root_;
        if (!open_.empty()) {
            Setting& parent = *open_.back();
            std::string path = path_below(parent);
            made = &parent.items.emplace_back();
            made->file = root_.file;
            made->path = std::move(path);
            made->key = key_;
            made->is_secret = parent.is_secret || normal_key(parent.key) == "auth";
        }
        made->kind = kind;
        made->text = text;
        last_ = made;
        return true;
    }
    /// What is below a setting of `auth` may be a part of a secret that was written wrongly: it isn't named.
    [[nodiscard]] std::string path_below(Setting const& parent) const {
        if (parent.is_secret) return parent.path;
        if (parent.is_list()) return parent.path + '[' + std::to_string(parent.items.size()) + ']';
        return (parent.path.empty() ? parent.path : parent.path + '.') + one_line(key_, 64);
    }
    bool begin(SettingKind kind) {
        if (open_.size() == Limits::depth) {
            problem_ = "it has more than 64 levels";
            return false;
        }
        if (!add(kind, {})) return false;
        open_.push_back(last_);
        return true;
    }
    bool end() {
        open_.pop_back();
        return true;
    }

    Setting root_{};
    std::vector<Setting*> open_{};  ///< each stays where it is: its parent gets no further element before it ends
    Setting* last_ = nullptr;
    std::string key_{};
    std::size_t count_ = 0;
    std::string_view problem_{};
};

/// Reads the JSON text of a file. Throws ConfigError, which names the file and the line.
template<class Setting>
[[nodiscard]] Setting settings_from_json(std::string text, std::string const& file) {
    SettingBuilder<Setting> builder(file);
    std::string const original = text;  // the parser overwrites the other one
    JsonSyntaxError const error = parse_json(text, builder);
    if (error.reason.empty()) return builder.take();
    std::size_t line = 1;
    for (char const c : original.substr(0, error.offset))
        if (c == '\n') ++line;
    std::string_view const problem = builder.problem().empty() ? error.reason : builder.problem();
    throw ConfigError(file + ": line " + std::to_string(line) + ": " + std::string{problem});
}

}  // namespace openstack::detail
