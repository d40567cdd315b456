// SPDX-License-Identifier: Apache-2.0
// The custom properties that OpenStack's services know, each with its type: properties[hw::cpu_cores] = 4.
#pragma once

#include <string>

#include <openstack/property_key.hpp>

// The first word of a property's name is the namespace of its key. Here are the properties of the Image service's
// schema, those that its metadata definitions have for images (software in images: software_properties.hpp), those of
// Nova's snapshots and of images of volumes, and a few more that Nova reads. A list has all texts of the definitions;
// where these are very many, such as VMware's names of guests, the key takes any text.

namespace openstack::image::v2 {

/// The hardware of a server that is booted from the image.
namespace hw {

inline constexpr char const* disk_buses[]{"scsi", "virtio", "uml", "xen", "ide", "usb", "fdc", "sata", "lxc"};
inline constexpr char const* cpu_modes[]{"none", "host-model", "host-passthrough", "custom"};
inline constexpr char const* cpu_policies[]{"shared", "dedicated", "mixed"};
inline constexpr char const* cpu_thread_policies[]{"isolate", "prefer", "require"};
inline constexpr char const* firmware_types[]{"bios", "uefi"};
inline constexpr char const* pointer_models[]{"usbtablet"};
inline constexpr char const* rescue_buses[]{"scsi", "virtio", "ide", "usb"};
inline constexpr char const* rescue_devices[]{"cdrom", "disk", "floppy"};
/// Those of Nova, and those of the metadata definitions.
inline constexpr char const* tpm_models[]{"tpm-tis", "tpm-crb", "TIS", "CRB"};
inline constexpr char const* tpm_versions[]{"1.2", "2.0"};
inline constexpr char const* video_models[]{"vga", "cirrus", "vmvga", "xen", "qxl", "virtio", "gop", "none", "bochs"};
/// Those of libvirt, then those of VMware.
inline constexpr char const* vif_models[]{"e1000",
                                          "e1000e",
                                          "ne2k_pci",
                                          "netfront",
                                          "pcnet",
                                          "rtl8139",
                                          "spapr-vlan",
                                          "virtio",
                                          "vmxnet3",
                                          "VirtualE1000",
                                          "VirtualE1000e",
                                          "VirtualPCNet32",
                                          "VirtualSriovEthernetCard",
                                          "VirtualVmxnet",
                                          "VirtualVmxnet3"};
inline constexpr char const* watchdog_actions[]{"disabled", "reset", "poweroff", "pause", "none"};

inline constexpr PropertyKey<bool> boot_menu{"hw_boot_menu"};
inline constexpr PropertyKey<OneOf<disk_buses>> cdrom_bus{"hw_cdrom_bus"};
inline constexpr PropertyKey<int> cpu_cores{"hw_cpu_cores"};  ///< preferred, of each socket
inline constexpr PropertyKey<int> cpu_max_cores{"hw_cpu_max_cores"};
inline constexpr PropertyKey<int> cpu_max_sockets{"hw_cpu_max_sockets"};
inline constexpr PropertyKey<int> cpu_max_threads{"hw_cpu_max_threads"};
inline constexpr PropertyKey<OneOf<cpu_modes>> cpu_mode{"hw_cpu_mode"};
inline constexpr PropertyKey<OneOf<cpu_policies>> cpu_policy{"hw_cpu_policy"};  ///< of the host's CPUs
inline constexpr PropertyKey<int> cpu_sockets{"hw_cpu_sockets"};                ///< preferred
inline constexpr PropertyKey<OneOf<cpu_thread_policies>> cpu_thread_policy{"hw_cpu_thread_policy"};
inline constexpr PropertyKey<int> cpu_threads{"hw_cpu_threads"};  ///< preferred, of each core
inline constexpr PropertyKey<OneOf<disk_buses>> disk_bus{"hw_disk_bus"};
inline constexpr PropertyKey<OneOf<firmware_types>> firmware_type{"hw_firmware_type"};
inline constexpr PropertyKey<std::string> machine_type{"hw_machine_type"};  ///< QEMU's name of it, such as "q35"
inline constexpr PropertyKey<bool> mem_encryption{"hw_mem_encryption"};
inline constexpr PropertyKey<std::string> mem_page_size{"hw_mem_page_size"};  ///< "2MB", kB, "small", "large" or "any"
inline constexpr PropertyKey<int> numa_nodes{"hw_numa_nodes"};
inline constexpr PropertyKey<bool> pmu{"hw_pmu"};  ///< a performance monitoring unit
inline constexpr PropertyKey<OneOf<pointer_models>> pointer_model{"hw_pointer_model"};
inline constexpr PropertyKey<bool> qemu_guest_agent{"hw_qemu_guest_agent"};
inline constexpr PropertyKey<OneOf<rescue_buses>> rescue_bus{
    "hw_rescue_bus"};  ///< where a rescued server has the image
inline constexpr PropertyKey<OneOf<rescue_devices>> rescue_device{"hw_rescue_device"};  ///< and as what
inline constexpr PropertyKey<std::string> rng_model{"hw_rng_model"};                    ///< such as "virtio"
inline constexpr PropertyKey<std::string> scsi_model{"hw_scsi_model"};                  ///< such as "virtio-scsi"
inline constexpr PropertyKey<int> serial_port_count{"hw_serial_port_count"};
inline constexpr PropertyKey<OneOf<tpm_models>> tpm_model{"hw_tpm_model"};
inline constexpr PropertyKey<OneOf<tpm_versions>> tpm_version{"hw_tpm_version"};
inline constexpr PropertyKey<OneOf<video_models>> video_model{"hw_video_model"};
inline constexpr PropertyKey<int> video_ram{"hw_video_ram"};  ///< MB at most
inline constexpr PropertyKey<OneOf<vif_models>> vif_model{"hw_vif_model"};
inline constexpr PropertyKey<bool> vif_multiqueue_enabled{"hw_vif_multiqueue_enabled"};
inline constexpr PropertyKey<OneOf<watchdog_actions>> watchdog_action{"hw_watchdog_action"};

}  // namespace hw

/// The operating system in the image; and `glance_...`, which the service sets while it imports.
namespace os {

inline constexpr char const* types[]{"linux", "windows"};
inline constexpr char const* secure_boots[]{"required", "disabled", "optional"};

inline constexpr PropertyKey<std::string> admin_user{"os_admin_user"};
inline constexpr PropertyKey<std::string> command_line{"os_command_line"};  ///< of the kernel
inline constexpr PropertyKey<std::string> distro{"os_distro"};              ///< in libosinfo's words, such as "debian"
inline constexpr PropertyKey<std::string> glance_failed_import{"os_glance_failed_import"};  ///< stores, by commas
inline constexpr PropertyKey<std::string> glance_import_task{"os_glance_import_task"};      ///< a task's id
inline constexpr PropertyKey<std::string> glance_importing_to_stores{"os_glance_importing_to_stores"};  ///< by commas
inline constexpr PropertyKey<std::string> glance_stage_host{"os_glance_stage_host"};                    ///< a URL
inline constexpr PropertyKey<bool> require_quiesce{"os_require_quiesce"};  ///< no snapshot without frozen file systems
inline constexpr PropertyKey<OneOf<secure_boots>> secure_boot{"os_secure_boot"};
inline constexpr PropertyKey<int> shutdown_timeout{"os_shutdown_timeout"};  ///< seconds until it is switched off
inline constexpr PropertyKey<OneOf<types>> type{"os_type"};
inline constexpr PropertyKey<std::string> version{"os_version"};  ///< as its distributor writes it, such as "13"

}  // namespace os

/// How Nova uses the image; and its signature.
namespace img {

inline constexpr char const* config_drives[]{"optional", "mandatory"};
inline constexpr char const* signature_hash_methods[]{"SHA-224", "SHA-256", "SHA-384", "SHA-512"};
inline constexpr char const* signature_key_types[]{"RSA-PSS",       "DSA",           "ECC_SECT571K1", "ECC_SECT409K1",
                                                   "ECC_SECT571R1", "ECC_SECT409R1", "ECC_SECP521R1", "ECC_SECP384R1"};

inline constexpr PropertyKey<OneOf<config_drives>> config_drive{"img_config_drive"};
inline constexpr PropertyKey<bool> hide_hypervisor_id{"img_hide_hypervisor_id"};
inline constexpr PropertyKey<bool> linked_clone{"img_linked_clone"};
inline constexpr PropertyKey<std::string> signature{"img_signature"};  ///< of the data, Base64
inline constexpr PropertyKey<std::string> signature_certificate_uuid{"img_signature_certificate_uuid"};
inline constexpr PropertyKey<OneOf<signature_hash_methods>> signature_hash_method{"img_signature_hash_method"};
inline constexpr PropertyKey<OneOf<signature_key_types>> signature_key_type{"img_signature_key_type"};

}  // namespace img

/// For the driver of VMware.
namespace vmware {

inline constexpr char const* adaptertypes[]{"lsiLogic", "lsiLogicsas", "paraVirtual", "busLogic", "ide"};
inline constexpr char const* disktypes[]{"streamOptimized", "sparse", "preallocated"};

inline constexpr PropertyKey<OneOf<adaptertypes>> adaptertype{"vmware_adaptertype"};
inline constexpr PropertyKey<OneOf<disktypes>> disktype{"vmware_disktype"};
inline constexpr PropertyKey<std::string> ostype{"vmware_ostype"};  ///< such as "debian10_64Guest"

}  // namespace vmware

/// Volumes that are made of the image, or that it was made of.
namespace cinder {

inline constexpr char const* deletion_policies[]{"on_image_deletion", "do_not_delete"};

inline constexpr PropertyKey<OneOf<deletion_policies>> encryption_key_deletion_policy{
    "cinder_encryption_key_deletion_policy"};
inline constexpr PropertyKey<std::string> encryption_key_id{"cinder_encryption_key_id"};  ///< a UUID in Barbican
inline constexpr PropertyKey<std::string> img_volume_type{"cinder_img_volume_type"};

}  // namespace cinder

/// What a host must have, in the words of the metadata definitions.
namespace traits {

inline constexpr char const* needs[]{"required"};

inline constexpr PropertyKey<OneOf<needs>> compute_security_tpm_1_2{"traits:COMPUTE_SECURITY_TPM_1_2"};
inline constexpr PropertyKey<OneOf<needs>> compute_security_tpm_2_0{"traits:COMPUTE_SECURITY_TPM_2_0"};

}  // namespace traits

/// Properties whose names have no such first word.
namespace common {

inline constexpr char const* hypervisor_types[]{"baremetal", "hyperv", "kvm", "lxc",    "powervm",
                                                "qemu",      "uml",    "vz",  "vmware", "xen"};
inline constexpr char const* vm_modes[]{"hvm", "xen", "uml", "exe"};

inline constexpr PropertyKey<std::string> architecture{"architecture"};  ///< such as "x86_64"
inline constexpr PropertyKey<bool> auto_disk_config{
    "auto_disk_config"};  ///< XenAPI fits the root partition to its disk
inline constexpr PropertyKey<std::string> description{"description"};
inline constexpr PropertyKey<OneOf<hypervisor_types>> hypervisor_type{"hypervisor_type"};
inline constexpr PropertyKey<double> instance_type_rxtx_factor{"instance_type_rxtx_factor"};
inline constexpr PropertyKey<std::string> instance_uuid{"instance_uuid"};  ///< of a snapshot: of which server
inline constexpr PropertyKey<std::string> kernel_id{"kernel_id"};          ///< an image of a kernel
inline constexpr PropertyKey<std::string> ramdisk_id{"ramdisk_id"};        ///< an image of its initial RAM disk
inline constexpr PropertyKey<OneOf<vm_modes>> vm_mode{"vm_mode"};

}  // namespace common

/// What Nova writes into the images that it makes of servers.
namespace nova {

inline constexpr PropertyKey<std::string> base_image_ref{"base_image_ref"};  ///< the image that the server is of
inline constexpr PropertyKey<bool> bdm_v2{"bdm_v2"};                         ///< the form of block_device_mapping
inline constexpr PropertyKey<std::string> block_device_mapping{"block_device_mapping"};  ///< JSON: snapshots of volumes
inline constexpr PropertyKey<std::string> boot_roles{"boot_roles"};                      ///< of its user, by commas
inline constexpr PropertyKey<std::string> image_location{"image_location"};              ///< such as "snapshot"
inline constexpr PropertyKey<std::string> image_state{"image_state"};                    ///< such as "available"
inline constexpr PropertyKey<std::string> image_type{"image_type"};                      ///< "snapshot" or "backup"
inline constexpr PropertyKey<std::string> mappings{"mappings"};                          ///< JSON: names of devices
inline constexpr PropertyKey<std::string> owner_id{"owner_id"};                          ///< a project
inline constexpr PropertyKey<std::string> owner_project_name{"owner_project_name"};
inline constexpr PropertyKey<std::string> owner_user_name{"owner_user_name"};
inline constexpr PropertyKey<std::string> root_device_name{"root_device_name"};  ///< such as "/dev/vda"
inline constexpr PropertyKey<std::string> user_id{"user_id"};

}  // namespace nova

/// The processor in the words of DMTF's Common Information Model.
namespace cim_pasd {

inline constexpr char const* processor_architectures[]{"x86", "IA-64", "AS/400", "Power", "S/390", "PA-RISC",
                                                       "ARM", "MIPS",  "Alpha",  "SPARC", "68k"};

inline constexpr PropertyKey<std::string> instruction_set{"CIM_PASD_InstructionSet"};  ///< such as "x86:64"
inline constexpr PropertyKey<std::string> instruction_set_extension_name{"CIM_PASD_InstructionSetExtensionName"};
inline constexpr PropertyKey<OneOf<processor_architectures>> processor_architecture{"CIM_PASD_ProcessorArchitecture"};

}  // namespace cim_pasd

}  // namespace openstack::image::v2
