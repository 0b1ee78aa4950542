/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.pe;

/**
 * What the numbers in the headers are called, by the names that Zeek gives.
 *
 * @see "Microsoft, PE Format: Machine Types, Windows Subsystem"
 */
final class PeNames {

  private PeNames() {}

  static String machine(int number) {
    return switch (number) {
      case 0x0000 -> "UNKNOWN";
      case 0x014C -> "I386";
      case 0x0166 -> "R4000";
      case 0x0169 -> "WCEMIPSV2";
      case 0x01A2 -> "SH3";
      case 0x01A3 -> "SH3DSP";
      case 0x01A6 -> "SH4";
      case 0x01A8 -> "SH5";
      case 0x01C0 -> "ARM";
      case 0x01C2 -> "THUMB";
      case 0x01C4 -> "ARMNT";
      case 0x01D3 -> "AM33";
      case 0x01F0 -> "POWERPC";
      case 0x01F1 -> "POWERPCFP";
      case 0x0200 -> "IA64";
      case 0x0266 -> "MIPS16";
      case 0x0366 -> "MIPSFPU";
      case 0x0466 -> "MIPSFPU16";
      case 0x0EBC -> "EBC";
      case 0x8664 -> "AMD64";
      case 0x9041 -> "M32R";
      case 0xAA64 -> "ARM64";
      default -> "unknown-" + number;
    };
  }

  static String subsystem(int number) {
    return switch (number) {
      case 0 -> "UNKNOWN";
      case 1 -> "NATIVE";
      case 2 -> "WINDOWS_GUI";
      case 3 -> "WINDOWS_CUI";
      case 7 -> "POSIX_CUI";
      case 9 -> "WINDOWS_CE_GUI";
      case 10 -> "EFI_APPLICATION";
      case 11 -> "EFI_BOOT_SERVICE_DRIVER";
      case 12 -> "EFI_RUNTIME_DRIVER";
      case 13 -> "EFI_ROM";
      case 14 -> "XBOX";
      default -> "unknown-" + number;
    };
  }

  static String os(int major, int minor) {
    return switch (major << 16 | minor) {
      case 1 << 16 -> "Windows 1.0";
      case 1 << 16 | 1 -> "Windows 1.01";
      case 1 << 16 | 3 -> "Windows 1.03";
      case 1 << 16 | 4 -> "Windows 1.04";
      case 2 << 16 -> "Windows 2.0";
      case 2 << 16 | 10 -> "Windows 2.10";
      case 2 << 16 | 11 -> "Windows 2.11";
      case 3 << 16 -> "Windows 3.0";
      case 3 << 16 | 2 -> "Windows 3.2";
      case 3 << 16 | 10 -> "Windows 3.1 or NT 3.1";
      case 3 << 16 | 11 -> "Windows for Workgroups 3.11";
      case 3 << 16 | 50 -> "Windows NT 3.5";
      case 3 << 16 | 51 -> "Windows NT 3.51";
      case 4 << 16 -> "Windows 95 or NT 4.0";
      case 4 << 16 | 10 -> "Windows 98";
      case 4 << 16 | 90 -> "Windows Me";
      case 5 << 16 -> "Windows 2000";
      case 5 << 16 | 1 -> "Windows XP";
      case 5 << 16 | 2 -> "Windows XP x64 or Server 2003";
      case 6 << 16 -> "Windows Vista or Server 2008";
      case 6 << 16 | 1 -> "Windows 7 or Server 2008 R2";
      case 6 << 16 | 2 -> "Windows 8 or Server 2012";
      case 6 << 16 | 3 -> "Windows 8.1 or Server 2012 R2";
      case 6 << 16 | 4 -> "Windows 10 Technical Preview";
      case 10 << 16 -> "Windows 10";
      default -> "unknown-" + major + "." + minor;
    };
  }
}
