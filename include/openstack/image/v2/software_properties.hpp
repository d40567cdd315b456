// SPDX-License-Identifier: Apache-2.0
// The custom properties that tell of software in the image: properties[sw::database_mysql_version] = "8.4".
#pragma once

#include <string>

#include <openstack/property_key.hpp>

namespace openstack::image::v2 {

/// Databases, runtimes and web servers, as the Image service's metadata definitions have them. Ports are TCP's.
namespace sw {

inline constexpr char const* database_oracle_editions[]{"Enterprise",   "Standard",  "Standard Edition One",
                                                        "Express (XE)", "Workgroup", "Lite"};
inline constexpr char const* database_sqlserver_editions[]{"Datacenter",
                                                           "Enterprise",
                                                           "Standard",
                                                           "Web",
                                                           "Business Intelligence",
                                                           "Workgroup",
                                                           "Express",
                                                           "Compact (SQL CE)",
                                                           "Developer",
                                                           "Embedded (SSEE)",
                                                           "Fast Track",
                                                           "LocalDB",
                                                           "Parallel Data Warehouse (PDW)",
                                                           "Datawarehouse Appliance Edition"};

inline constexpr PropertyKey<std::string> database_cassandra_admin{"sw_database_cassandra_admin"};
inline constexpr PropertyKey<int> database_cassandra_listen_port{"sw_database_cassandra_listen_port"};
inline constexpr PropertyKey<std::string> database_cassandra_version{"sw_database_cassandra_version"};
inline constexpr PropertyKey<std::string> database_couchbaseserver_admin{"sw_database_couchbaseserver_admin"};
inline constexpr PropertyKey<int> database_couchbaseserver_listen_port{"sw_database_couchbaseserver_listen_port"};
inline constexpr PropertyKey<std::string> database_couchbaseserver_version{"sw_database_couchbaseserver_version"};
inline constexpr PropertyKey<std::string> database_couchdb_admin{"sw_database_couchdb_admin"};
inline constexpr PropertyKey<int> database_couchdb_listen_port{"sw_database_couchdb_listen_port"};
inline constexpr PropertyKey<std::string> database_couchdb_version{"sw_database_couchdb_version"};
inline constexpr PropertyKey<std::string> database_db2_admin{"sw_database_db2_admin"};
inline constexpr PropertyKey<int> database_db2_port{"sw_database_db2_port"};
inline constexpr PropertyKey<std::string> database_db2_version{"sw_database_db2_version"};
inline constexpr PropertyKey<int> database_hazlecast_port{"sw_database_hazlecast_port"};
inline constexpr PropertyKey<std::string> database_hazlecast_version{"sw_database_hazlecast_version"};
inline constexpr PropertyKey<std::string> database_hbase_version{"sw_database_hbase_version"};
inline constexpr PropertyKey<std::string> database_mongodb_admin{"sw_database_mongodb_admin"};
inline constexpr PropertyKey<int> database_mongodb_listen_port{"sw_database_mongodb_listen_port"};
inline constexpr PropertyKey<std::string> database_mongodb_version{"sw_database_mongodb_version"};
inline constexpr PropertyKey<std::string> database_mysql_admin{"sw_database_mysql_admin"};
inline constexpr PropertyKey<int> database_mysql_listen_port{"sw_database_mysql_listen_port"};
inline constexpr PropertyKey<std::string> database_mysql_version{"sw_database_mysql_version"};
inline constexpr PropertyKey<OneOf<database_oracle_editions>> database_oracle_edition{"sw_database_oracle_edition"};
inline constexpr PropertyKey<int> database_oracle_listen_port{"sw_database_oracle_listen_port"};
inline constexpr PropertyKey<std::string> database_oracle_version{"sw_database_oracle_version"};
inline constexpr PropertyKey<std::string> database_postgresql_admin{"sw_database_postgresql_admin"};
inline constexpr PropertyKey<int> database_postgresql_listen_port{"sw_database_postgresql_listen_port"};
inline constexpr PropertyKey<std::string> database_postgresql_version{"sw_database_postgresql_version"};
inline constexpr PropertyKey<std::string> database_postsqlserver_admin{"sw_database_postsqlserver_admin"};
inline constexpr PropertyKey<std::string> database_redis_admin{"sw_database_redis_admin"};
inline constexpr PropertyKey<int> database_redis_listen_port{"sw_database_redis_listen_port"};
inline constexpr PropertyKey<std::string> database_redis_version{"sw_database_redis_version"};
inline constexpr PropertyKey<OneOf<database_sqlserver_editions>> database_sqlserver_edition{
    "sw_database_sqlserver_edition"};
inline constexpr PropertyKey<int> database_sqlserver_listen_port{"sw_database_sqlserver_listen_port"};
inline constexpr PropertyKey<std::string> database_sqlserver_version{"sw_database_sqlserver_version"};
inline constexpr PropertyKey<std::string> runtime_java_version{"sw_runtime_java_version"};
inline constexpr PropertyKey<std::string> runtime_perl_version{"sw_runtime_perl_version"};
inline constexpr PropertyKey<std::string> runtime_php_version{"sw_runtime_php_version"};
inline constexpr PropertyKey<std::string> runtime_python_version{"sw_runtime_python_version"};
inline constexpr PropertyKey<std::string> runtime_ruby_version{"sw_runtime_ruby_version"};
inline constexpr PropertyKey<int> webserver_apache_http_port{"sw_webserver_apache_http_port"};
inline constexpr PropertyKey<int> webserver_apache_https_port{"sw_webserver_apache_https_port"};
inline constexpr PropertyKey<std::string> webserver_apache_version{"sw_webserver_apache_version"};
inline constexpr PropertyKey<int> webserver_iis_http_port{"sw_webserver_iis_http_port"};
inline constexpr PropertyKey<int> webserver_iis_https_port{"sw_webserver_iis_https_port"};
inline constexpr PropertyKey<std::string> webserver_iis_version{"sw_webserver_iis_version"};
inline constexpr PropertyKey<int> webserver_nginx_http_port{"sw_webserver_nginx_http_port"};
inline constexpr PropertyKey<int> webserver_nginx_https_port{"sw_webserver_nginx_https_port"};
inline constexpr PropertyKey<std::string> webserver_nginx_version{"sw_webserver_nginx_version"};

}  // namespace sw

}  // namespace openstack::image::v2
