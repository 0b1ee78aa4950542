/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dns;

import java.util.HashMap;
import java.util.Map;

/**
 * Words for DNS' numbers, as Zeek writes them.
 *
 * @see "IANA, Domain Name System Parameters"
 */
final class DnsNames {

  /** Names of NetBIOS, which have the form of DNS (RFC 1002 section 4.2). */
  static final int NETBIOS_PORT = 137;

  static final int A = 1;
  static final int NS = 2;
  static final int CNAME = 5;
  static final int SOA = 6;
  static final int WKS = 11;
  static final int PTR = 12;
  static final int HINFO = 13;
  static final int MX = 15;
  static final int TXT = 16;
  static final int AAAA = 28;
  static final int LOC = 29;
  static final int NB = 32;
  static final int SRV = 33;
  static final int NAPTR = 35;
  static final int A6 = 38;
  static final int OPT = 41;
  static final int DS = 43;
  static final int SSHFP = 44;
  static final int RRSIG = 46;
  static final int NSEC = 47;
  static final int DNSKEY = 48;
  static final int NSEC3 = 50;
  static final int NSEC3PARAM = 51;
  static final int SVCB = 64;
  static final int HTTPS = 65;
  static final int SPF = 99;
  static final int TKEY = 249;
  static final int TSIG = 250;
  static final int CAA = 257;
  static final int BIND_SIGNING = 65_534;

  private static final Map<Integer, String> TYPES = new HashMap<>();

  static {
    String[] first = {
      "A",
      "NS",
      "MD",
      "MF",
      "CNAME",
      "SOA",
      "MB",
      "MG",
      "MR",
      "NULL",
      "WKS",
      "PTR",
      "HINFO",
      "MINFO",
      "MX",
      "TXT",
      "RP",
      "AFSDB",
      "X25",
      "ISDN",
      "RT",
      "NSAP",
      "NSAP-PTR",
      "SIG",
      "KEY",
      "PX",
      "GPOS",
      "AAAA",
      "LOC",
      "NXT",
      "EID",
      "NIMLOC",
      "SRV",
      "ATMA",
      "NAPTR",
      "KX",
      "CERT",
      "A6",
      "DNAME",
      "SINK",
      "OPT",
      "APL",
      "DS",
      "SSHFP",
      "IPSECKEY",
      "RRSIG",
      "NSEC",
      "DNSKEY",
      "DHCID",
      "NSEC3",
      "NSEC3PARAM",
      "TLSA",
      "SMIMEA",
      "",
      "HIP",
      "NINFO",
      "RKEY",
      "TALINK",
      "CDS",
      "CDNSKEY",
      "OPENPGPKEY",
      "CSYNC",
      "ZONEMD",
      "SVCB",
      "HTTPS"
    };
    for (int i = 0; i < first.length; i++) {
      if (!first[i].isEmpty()) {
        TYPES.put(i + 1, first[i]);
      }
    }
    TYPES.put(99, "SPF");
    TYPES.put(100, "UINFO");
    TYPES.put(101, "UID");
    TYPES.put(102, "GID");
    TYPES.put(103, "UNSPEC");
    TYPES.put(104, "NID");
    TYPES.put(105, "L32");
    TYPES.put(106, "L64");
    TYPES.put(107, "LP");
    TYPES.put(108, "EUI48");
    TYPES.put(109, "EUI64");
    TYPES.put(249, "TKEY");
    TYPES.put(250, "TSIG");
    TYPES.put(251, "IXFR");
    TYPES.put(252, "AXFR");
    TYPES.put(253, "MAILB");
    TYPES.put(254, "MAILA");
    TYPES.put(255, "*");
    TYPES.put(256, "URI");
    TYPES.put(257, "CAA");
    TYPES.put(32_768, "TA");
    TYPES.put(32_769, "DLV");
    TYPES.put(65_281, "WINS");
    TYPES.put(65_282, "WINS-R");
    TYPES.put(65_422, "XPF");
    TYPES.put(65_521, "INTEGRITY");
  }

  private static final String[] RCODES = {
    "NOERROR",
    "FORMERR",
    "SERVFAIL",
    "NXDOMAIN",
    "NOTIMP",
    "REFUSED",
    "YXDOMAIN",
    "YXRRSET",
    "NXRRSet",
    "NOTAUTH",
    "NOTZONE",
    "unassigned-11",
    "unassigned-12",
    "unassigned-13",
    "unassigned-14",
    "unassigned-15",
    "BADVERS",
    "BADKEY",
    "BADTIME",
    "BADMODE",
    "BADNAME",
    "BADALG",
    "BADTRUNC",
    "BADCOOKIE"
  };

  private DnsNames() {}

  /** Returns the type's name, {@code query-N} for one without. */
  static String type(int type) {
    String name = TYPES.get(type);
    return name == null ? "query-" + type : name;
  }

  /** Returns the class's name, {@code qclass-N} for one without. */
  static String recordClass(int recordClass) {
    return switch (recordClass) {
      case 1 -> "C_INTERNET";
      case 2 -> "C_CSNET";
      case 3 -> "C_CHAOS";
      case 4 -> "C_HESIOD";
      case 254 -> "C_NONE";
      case 255 -> "C_ANY";
      default -> "qclass-" + recordClass;
    };
  }

  /** Returns the response code's name, {@code rcode-N} for one without. */
  static String rcode(int rcode) {
    if (rcode == 3_842) {
      return "BADSIG"; // Zeek's number for what is 16 in a signature
    }
    return rcode < RCODES.length ? RCODES[rcode] : "rcode-" + rcode;
  }

  /** Returns what kind of message it is. */
  static String opcode(int opcode) {
    return switch (opcode) {
      case 0 -> "query";
      case 1 -> "iquery";
      case 2 -> "server-status";
      case 4 -> "notify";
      case 5 -> "dynamic-update";
      case 6 -> "dso";
      default -> "opcode-" + opcode;
    };
  }

  /**
   * Returns what kind of message of NetBIOS it is.
   *
   * @see "RFC 1002 section 4.2.1.1"
   */
  static String netbiosOpcode(int opcode) {
    return switch (opcode) {
      case 0 -> "netbios-query";
      case 5 -> "netbios-registration";
      case 6 -> "netbios-release";
      case 7 -> "netbios-wack";
      case 8 -> "netbios-refresh";
      default -> "netbios-opcode-" + opcode;
    };
  }
}
