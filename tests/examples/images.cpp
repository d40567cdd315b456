// SPDX-License-Identifier: Apache-2.0
// A command line for the Image service: `images` alone tells its commands.
// The cloud is that of the OS_* variables. Results go to stdout, as tables or with --json as JSON; progress, notes and
// errors, of one line each, to stderr. The exit status is 0, 1 after an error, 2 for a wrong command line, and 130
// after Ctrl-C.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <openstack/openstack.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace openstack::image::v2;
using openstack::must_exist, openstack::Query, openstack::where;

namespace {

using Row = std::vector<std::string>;
using UsageError = std::invalid_argument;  ///< the command line isn't one of those in the table below

/// The stop token of all calls, which Ctrl-C ends: anything that has a stop_requested() can be one.
struct Interrupt {
    static inline std::atomic<bool> is_requested = false;
    [[nodiscard]] bool stop_requested() const { return is_requested; }
};
void note(std::string const& text) { std::cerr << "images: " << text << std::endl; }

/// The words behind a command's name, told apart by its synopsis: `--name NAME` takes a value, `--hidden` none.
class Arguments {
  public:
    Arguments(std::string_view synopsis, std::vector<std::string> const& words) {
        for (auto word = words.begin(); word != words.end(); ++word) {
            if (!word->starts_with("--")) {
                operands_.push_back(*word);
            } else if (synopsis.find(*word + ']') != std::string_view::npos) {
                options_.emplace_back(*word, "");
            } else if (synopsis.find(*word + ' ') != std::string_view::npos && word + 1 != words.end()) {
                options_.emplace_back(*word, *(word + 1));
                ++word;
            } else {
                throw UsageError("there is no option " + *word + ", or its value is missing");
            }
        }
    }

    [[nodiscard]] std::vector<std::string> const& operands() const { return operands_; }
    [[nodiscard]] bool has(std::string_view option) const { return !values(option).empty(); }

    [[nodiscard]] std::vector<std::string> values(std::string_view option) const {
        std::vector<std::string> found;
        for (auto const& [name, value] : options_)
            if (name == option) found.push_back(value);
        return found;
    }
    /// Each value as what is before and behind the separator.
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> pairs(std::string_view option, char between) const {
        std::vector<std::pair<std::string, std::string>> found;
        for (std::string const& text : values(option)) {
            std::size_t const at = text.find(between);
            if (at == std::string::npos) throw UsageError(text + " has no " + between);
            found.emplace_back(text.substr(0, at), text.substr(at + 1));
        }
        return found;
    }
    /// The last value, as what a field can hold.
    template<class T = std::string>
    [[nodiscard]] std::optional<T> value(std::string_view option) const {
        if (!has(option)) return std::nullopt;
        std::string const text = values(option).back();
        if (auto found = openstack::from_text<T>(text)) return found;
        throw UsageError(std::string{option} + " can't be " + text);
    }
    [[nodiscard]] std::string needed(std::string_view option) const {
        if (auto const found = value(option)) return *found;
        throw UsageError(std::string{option} + " is missing");
    }

  private:
    std::vector<std::pair<std::string, std::string>> options_{};
    std::vector<std::string> operands_{};
};

/// Rows as columns. What a terminal would obey, in a name that somebody has chosen, becomes a question mark.
void print_table(std::vector<Row> const& table) {
    auto const width = [](std::string const& text) {  // in characters of UTF-8
        return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; });
    };
    std::vector<std::ptrdiff_t> widths(16);
    for (Row const& row : table)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = (std::max)(widths[i], width(row[i]));
    for (Row const& row : table) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i)
            line.append(row[i]).append(static_cast<std::size_t>(widths[i] - width(row[i]) + 2), ' ');
        std::replace_if(
            line.begin(), line.end(), [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; }, '?');
        std::cout << line.substr(0, line.find_last_not_of(' ') + 1) << '\n';
    }
}
/// Prints it as JSON, if that is wanted.
template<class T>
bool print_json(T const& value, Arguments const& args) {
    if (args.has("--json")) std::cout << openstack::to_json(value) << '\n';
    return args.has("--json");
}
/// The field's value; of what isn't one text, JSON.
template<class T, class... Options>
std::string text_of(openstack::Field<T, Options...> const& field) {
    if constexpr (openstack::TextCodable<T>) return field ? openstack::to_text(*field) : "";
    return field ? openstack::to_json(*field) : "";
}
/// A line for each resource, with those fields.
template<auto... Members, class T>
void print_list(std::vector<T> const& resources, Arguments const& args) {
    if (print_json(resources, args)) return;
    std::vector<Row> table{{std::string{openstack::wire_name<Members>}...}};
    for (T const& each : resources) table.push_back({text_of(each.*Members)...});
    print_table(table);
}
/// A line for each field that has a value, and for each custom property.
void print_image(Image const& record, Arguments const& args) {
    if (print_json(record, args)) return;
    std::vector<Row> table;
    openstack::for_each_field<Image>([&](auto field) {
        auto const& member = record.*field.pointer;
        if constexpr (field.is_catch_all)
            for (auto const& [name, text] : member) table.push_back({name, text});
        else if (member)
            table.push_back({std::string{field.wire_name}, text_of(member)});
    });
    print_table(table);
}

/// Shows how far a transfer is, on a terminal or where that is asked for. The last copy's end is that of the line.
openstack::ProgressFunction progress_bar(std::string const& label, Arguments const& args) {
    if (!args.has("--progress") && ::isatty(STDERR_FILENO) != 1) return {};
    std::shared_ptr<void> const line{nullptr, [](void*) { std::cerr << '\n'; }};
    return [label, line](openstack::Progress const& now) {
        std::uint64_t const total = now.total.value_or(0);
        std::string bar(static_cast<std::size_t>(total == 0 ? 0 : now.bytes * 40 / total), '#');
        bar.resize(40, '.');
        std::cerr << '\r' << label << " [" << bar << "] " << (now.bytes >> 20)
                  << (total == 0 ? "" : " of " + std::to_string(total >> 20)) << " MiB, "
                  << (static_cast<std::uint64_t>(now.bytes_per_second) >> 20) << " MiB/s  " << std::flush;
    };
}

/// Does it for each image that is named, by id or name, also after it has failed for one.
template<class Action>
void for_each_image(Proxy const& glance, Arguments const& args, Action action) {
    std::size_t failures = 0;
    for (std::string const& name : args.operands()) try {
            action(glance.find_image(name, must_exist));
        } catch (openstack::Error const& error) {
            if (args.operands().size() == 1 || Interrupt::is_requested) throw;
            note(error.what());
            ++failures;
        }
    if (failures != 0)
        throw std::runtime_error(std::to_string(failures) + " of " + std::to_string(args.operands().size()) +
                                 " failed");
}

/// Has the query filter by that field, if the option is given.
template<auto Member>
void filter(Query<Image>& query, Arguments const& args, std::string_view option) {
    using Value = typename openstack::FieldInfo<Member>::value_type;
    if (auto const value = args.value<Value>(option)) query = {query, where<Member> == *value};
}
void list(Proxy const& glance, Arguments const& args) {
    Query<Image> query;
    filter<&Image::name>(query, args, "--name");
    filter<&Image::status>(query, args, "--status");
    filter<&Image::visibility>(query, args, "--visibility");
    filter<&Image::owner_id>(query, args, "--owner");
    if (args.has("--hidden")) query = {query, where<&Image::is_hidden> == true};
    for (std::string const& tag : args.values("--tag")) query = {query, where<&Image::tags>.contains(tag)};
    for (auto const& [key, value] : args.pairs("--property", '=')) query = {query, openstack::property(key) == value};
    for (auto const& [key, way] : args.pairs("--sort", ':')) query = {query, openstack::SortKey<Image>{key, way}};
    if (auto const limit = args.value<std::size_t>("--limit")) query = {query, openstack::max_items(*limit)};
    print_list<&Image::id, &Image::name, &Image::status, &Image::visibility, &Image::disk_format, &Image::size>(
        glance.images(query).all(), args);
}

void show(Proxy const& glance, Arguments const& args) {
    print_image(glance.find_image(args.operands()[0], must_exist), args);
}

/// Sets that field, if the option is given.
template<auto Member>
void set_field(Image& record, Arguments const& args, std::string_view option) {
    if (auto value = args.value<typename openstack::FieldInfo<Member>::value_type>(option)) record.*Member = *value;
}
/// What create and set take alike.
void set_fields(Image& record, Arguments const& args) {
    set_field<&Image::name>(record, args, "--name");
    set_field<&Image::visibility>(record, args, "--visibility");
    set_field<&Image::min_disk>(record, args, "--min-disk");
    set_field<&Image::min_ram>(record, args, "--min-ram");
    if (args.has("--protected")) record.is_protected = true;
    if (args.has("--hidden")) record.is_hidden = true;
    for (auto const& [key, value] : args.pairs("--property", '=')) record.properties[key] = value;
    auto tags = record.tags.value_or(Row{});
    for (std::string const& tag : args.values("--tag"))
        if (std::find(tags.begin(), tags.end(), tag) == tags.end()) tags.push_back(tag);
    if (args.has("--tag")) record.tags = tags;
}

Image upload(Proxy const& glance, Image const& wanted, std::string const& file, Arguments const& args) {
    auto source = file == "-" ? openstack::from_file_descriptor(STDIN_FILENO) : openstack::from_file(file);
    auto const options = [&] {
        return UploadOptions{
            .progress = progress_bar(*wanted.name, args), .via = Via::automatic, .stores = args.values("--store")};
    };
    if (!args.has("--ensure")) return glance.upload_image(wanted, std::move(source), options());
    auto const ensured =
        glance.ensure_image(wanted, std::move(source), {.dry_run = args.has("--dry-run"), .upload = options()});
    if (ensured.action == EnsureAction::none) note("nothing is to be done");
    if (ensured.action == EnsureAction::update) note("an update by " + ensured.changes.to_json());
    if (ensured.action == EnsureAction::upload) note("an upload");
    for (std::string const& id : ensured.namesakes) note("another image of that name: " + id);
    return ensured.image;
}
void create(Proxy const& glance, Arguments const& args) {
    Image wanted{.name = args.operands()[0], .disk_format = DiskFormat::raw, .container_format = ContainerFormat::bare};
    set_field<&Image::id>(wanted, args, "--id");
    set_field<&Image::disk_format>(wanted, args, "--disk-format");
    set_field<&Image::container_format>(wanted, args, "--container-format");
    set_fields(wanted, args);
    auto const file = args.value("--file");
    if (args.has("--dry-run") && !args.has("--ensure")) throw UsageError("--dry-run is for --ensure");
    if (!file && (args.has("--ensure") || args.has("--store"))) throw UsageError("--ensure and --store need --file");
    print_image(file ? upload(glance, wanted, *file, args) : glance.create_image(wanted), args);
}

void save(Proxy const& glance, Arguments const& args) {
    std::filesystem::path const file = args.value("--file").value_or(".");
    bool const is_directory = std::filesystem::is_directory(file);
    if (args.operands().size() > 1 && !is_directory) throw UsageError("for several images --file is a directory");
    unsigned const connections = args.value<unsigned>("--connections").value_or(1);
    for_each_image(glance, args, [&](Image const& each) {
        // Whatever the service calls an id, its last part names a file in the directory, and none elsewhere.
        auto const path = is_directory ? file / std::filesystem::path{*each.id}.filename() : file;
        auto sink = path == "-" ? openstack::to_file_descriptor(STDOUT_FILENO) : openstack::to_file(path);
        openstack::Download const done = glance.download_image(
            each, std::move(sink), {.progress = progress_bar(path.string(), args), .connections = connections});
        note(path.string() + ": " + std::to_string(done.bytes) + " bytes, verified by " + done.verified_by);
    });
}

void unset_fields(Image& record, Arguments const& args) {
    if (args.has("--name")) record.name = openstack::null;
    if (args.has("--protected")) record.is_protected = false;
    if (args.has("--hidden")) record.is_hidden = false;
    for (std::string const& key : args.values("--property"))
        if (!record.properties.erase(key)) throw std::runtime_error("the image has no property " + key);
    for (std::string const& tag : args.values("--tag"))
        if (!record.tags || std::erase(*record.tags, tag) == 0) throw std::runtime_error("the image has no tag " + tag);
}
template<auto Edit>
void update(Proxy const& glance, Arguments const& args) {
    Image const found = glance.find_image(args.operands()[0], must_exist);
    print_image(glance.update_image(found, [&](Image& now) { Edit(now, args); }), args);
}

void remove(Proxy const& glance, Arguments const& args) {
    for_each_image(glance, args, [&](Image const& each) { glance.delete_image(each); });
}

void share(Proxy const& glance, Arguments const& args) {
    std::string const action = args.operands()[0];
    if (action != "list" && action != "add" && action != "remove" && action != "accept" && action != "reject")
        throw UsageError("there is no share " + action);
    bool const has_project = args.operands().size() > 2;
    if (!has_project && (action == "add" || action == "remove")) throw UsageError("PROJECT is missing");
    std::string const project = has_project ? args.operands()[2] : glance.session().project_id();
    Image const found = glance.find_image(args.operands()[1], must_exist);
    if (action == "add") glance.add_member(found, {.member_id = project});
    if (action == "remove") glance.remove_member(project, found, must_exist);
    if (action == "accept") glance.update_member(project, found, {.status = MemberStatus::accepted});
    if (action == "reject") glance.update_member(project, found, {.status = MemberStatus::rejected});
    print_list<&Member::member_id, &Member::status, &Member::created_at>(glance.members(found).all(), args);
}

ImportMethod import_method(Arguments const& args) {
    std::string const name = args.needed("--method");
    if (name == "web-download") return web_download(args.needed("--uri"));
    if (name == "glance-download") return glance_download(args.needed("--region"), args.needed("--image"));
    if (name == "copy-image") return copy_image();
    throw UsageError("--method can't be " + name);
}
void import(Proxy const& glance, Arguments const& args) {
    auto const method = import_method(args);
    Image const found = glance.find_image(args.operands()[0], must_exist);
    glance.import_image(found, method, {.stores = args.values("--store"), .all_stores = args.has("--all-stores")});
    auto const is_over = [&, last = std::string{}](Image const& now) mutable {
        std::string const status = method.name + ": " + text_of(now.status);
        if (status != last) note(status);
        last = status;
        return !now.properties.contains("os_glance_import_task");
    };
    if (!args.has("--no-wait")) {
        glance.wait_for(found, is_over);
        glance.wait_for(found);  // throws if the import has failed
    }
    print_image(glance.get_image(found), args);
}

void stores(Proxy const& glance, Arguments const& args) {
    print_list<&Store::id, &Store::is_default, &Store::is_read_only, &Store::type, &Store::description>(
        args.has("--details") ? glance.stores(openstack::details) : glance.stores(), args);
}

void service(Proxy const& glance, Arguments const& args) {
    std::vector<Row> table;
    for (auto const& each : versions(glance.session(), "image")) table.push_back({"version", each.id, each.status});
    for (std::string const& each : glance.import_methods()) table.push_back({"import method", each});
    try {  // in the order in which versions of the API brought them: where one is missing, so are the next ones
        for (Store const& each : glance.stores()) table.push_back({"store", *each.id, text_of(each.description)});
        for (auto const& [name, each] : glance.usage())
            table.push_back({"limit", name, text_of(each.usage) + " of " + text_of(each.limit)});
        auto const cache = glance.get_image_cache();
        table.push_back({"cache", "images", std::to_string(cache.cached_images->size())});
    } catch (openstack::NotSupported const&) {
    } catch (openstack::Forbidden const&) {  // the cache is for administrators
    }
    auto const namespaces = openstack::Proxy<metadefs::Namespace>{glance.session()}.list().all();
    table.push_back({"metadata", "namespaces", std::to_string(namespaces.size())});
    if (!print_json(table, args)) print_table(table);
}

struct Command {
    std::string_view name;
    std::size_t min_operands, max_operands;
    void (*run)(Proxy const&, Arguments const&);
    std::string_view synopsis;
};
constexpr Command commands[]{
    {"list", 0, 0, list,
     "[--name NAME] [--status STATUS] [--visibility VISIBILITY] [--owner PROJECT] [--tag TAG]... "
     "[--property KEY=VALUE]... [--hidden] [--sort KEY:asc|desc]... [--limit NUMBER] [--json]"},
    {"show", 1, 1, show, "IMAGE [--json]"},
    {"create", 1, 1, create,
     "NAME [--file FILE|-] [--ensure] [--dry-run] [--store STORE]... [--id ID] [--disk-format FORMAT] "
     "[--container-format FORMAT] [--property KEY=VALUE]... [--tag TAG]... [--min-disk GB] [--min-ram MB] "
     "[--visibility VISIBILITY] [--protected] [--hidden] [--progress] [--json]"},
    {"save", 1, SIZE_MAX, save, "IMAGE... [--file FILE|DIRECTORY|-] [--connections NUMBER] [--progress]"},
    {"set", 1, 1, update<set_fields>,
     "IMAGE [--name NAME] [--property KEY=VALUE]... [--tag TAG]... [--min-disk GB] [--min-ram MB] "
     "[--visibility VISIBILITY] [--protected] [--hidden] [--json]"},
    {"unset", 1, 1, update<unset_fields>,
     "IMAGE [--name] [--property KEY]... [--tag TAG]... [--protected] [--hidden] [--json]"},
    {"delete", 1, SIZE_MAX, remove, "IMAGE..."},
    {"share", 2, 3, share, "add|remove|accept|reject|list IMAGE [PROJECT] [--json]"},
    {"import", 1, 1, import,
     "IMAGE --method web-download|glance-download|copy-image [--uri URI] [--region REGION] [--image ID] "
     "[--store STORE]... [--all-stores] [--no-wait] [--json]"},
    {"stores", 0, 0, stores, "[--details] [--json]"},
    {"service", 0, 0, service, "[--json]"},
};

int run(Command const& command, std::vector<std::string> const& words) try {
    Arguments const args{command.synopsis, words};
    if (args.operands().size() < command.min_operands || args.operands().size() > command.max_operands)
        throw UsageError("too few words, or too many");
    openstack::Connection const cloud = openstack::connect();
    std::signal(SIGINT, [](int signal) {
        Interrupt::is_requested = true;
        std::signal(signal, SIG_DFL);  // a second Ctrl-C ends the program, whatever it's doing
    });
    command.run(cloud.with({.stop = Interrupt{}}).image(), args);
    if (!std::cout.flush()) throw std::runtime_error("the output can't be written");
    return 0;
} catch (UsageError const& error) {
    note(error.what() + std::string{"; usage: images "}.append(command.name) + ' ' + std::string{command.synopsis});
    return 2;
} catch (std::exception const& error) {
    note(Interrupt::is_requested ? "interrupted" : error.what());
    return Interrupt::is_requested ? 130 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    for (Command const& each : commands)
        if (argc > 1 && each.name == argv[1]) return run(each, {argv + 2, argv + argc});
    for (Command const& each : commands) std::cerr << "images " << each.name << ' ' << each.synopsis << '\n';
    return 2;
}
