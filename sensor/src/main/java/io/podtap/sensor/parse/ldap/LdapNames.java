/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ldap;

import org.jspecify.annotations.Nullable;

/**
 * What numbers stand for, in the words that Zeek uses.
 *
 * @see "RFC 4511 appendix A; IANA LDAP parameters"
 */
final class LdapNames {

  private LdapNames() {}

  static String result(long code) {
    return switch (Math.clamp(code, -1, 1_000)) {
      case 0 -> "success";
      case 1 -> "operations error";
      case 2 -> "protocol error";
      case 3 -> "time limit exceeded";
      case 4 -> "size limit exceeded";
      case 5 -> "compare false";
      case 6 -> "compare true";
      case 7 -> "auth method not supported";
      case 8 -> "stronger auth required";
      case 9 -> "partial results";
      case 10 -> "referral";
      case 11 -> "admin limit exceeded";
      case 12 -> "unavailable critical extension";
      case 13 -> "confidentiality required";
      case 14 -> "SASL bind in progress";
      case 16 -> "no such attribute";
      case 17 -> "undefined attribute type";
      case 18 -> "inappropriate matching";
      case 19 -> "constraint violation";
      case 20 -> "attribute or value exists";
      case 21 -> "invalid attribute syntax";
      case 32 -> "no such object";
      case 33 -> "alias problem";
      case 34 -> "invalid DN syntax";
      case 36 -> "alias dereferencing problem";
      case 48 -> "inappropriate authentication";
      case 49 -> "invalid credentials";
      case 50 -> "insufficient access rights";
      case 51 -> "busy";
      case 52 -> "unavailable";
      case 53 -> "unwilling to perform";
      case 54 -> "loop detect";
      case 60 -> "sort control missing";
      case 61 -> "offset range error";
      case 64 -> "naming violation";
      case 65 -> "object class violation";
      case 66 -> "not allowed on non-leaf";
      case 67 -> "not allowed on RDN";
      case 68 -> "entry already exists";
      case 69 -> "object class mods prohibited";
      case 70 -> "results too large";
      case 71 -> "affects multiple DSAs";
      case 76 -> "control error";
      case 80 -> "other";
      case 81 -> "server down";
      case 82 -> "local error";
      case 83 -> "encoding error";
      case 84 -> "decoding error";
      case 85 -> "timeout";
      case 86 -> "auth unknown";
      case 87 -> "filter error";
      case 88 -> "user canceled";
      case 89 -> "param error";
      case 90 -> "no memory";
      case 91 -> "connect error";
      case 92 -> "not supported";
      case 93 -> "control not found";
      case 94 -> "no results returned";
      case 95 -> "more results to return";
      case 96 -> "client loop";
      case 97 -> "referral limit exceeded";
      case 100 -> "invalid response";
      case 101 -> "ambiguous response";
      case 112 -> "TLS not supported";
      case 113 -> "intermediate response";
      case 114 -> "unknown type";
      case 115 -> "LCUP invalid data";
      case 116 -> "LCUP unsupported scheme";
      case 117 -> "LCUP reload required";
      case 118 -> "canceled";
      case 119 -> "no such operation";
      case 120 -> "too late";
      case 121 -> "cannot cancel";
      case 122 -> "assertion failed";
      case 123 -> "authorization denied";
      default -> "unknown";
    };
  }

  /** Returns what an operation is called, or null for one that there is not. */
  static @Nullable String operation(int tag) {
    return switch (tag & 0x1F) {
      case 0, 1 -> "bind";
      case 2 -> "unbind";
      case 3, 4, 5, 19 -> "search";
      case 6, 7, 12, 13 -> "modify"; // Zeek's word for changes of names, too
      case 8, 9 -> "add";
      case 10, 11 -> "delete";
      case 14, 15 -> "compare";
      case 16 -> "abandon";
      case 23, 24 -> "extended";
      case 25 -> "intermediate";
      default -> null;
    };
  }

  static String extension(String oid) {
    return switch (oid) {
      case "1.3.6.1.4.1.1466.20037" -> "StartTLS";
      case "1.3.6.1.4.1.4203.1.11.3" -> "whoami";
      default -> "unknown";
    };
  }

  static String scope(long scope) {
    return switch (Math.clamp(scope, -1, 3)) {
      case 0 -> "base";
      case 1 -> "single";
      case 2 -> "tree";
      default -> "unknown";
    };
  }

  static String aliases(long when) {
    return switch (Math.clamp(when, -1, 4)) {
      case 0 -> "never";
      case 1 -> "searching";
      case 2 -> "finding";
      case 3 -> "always";
      default -> "unknown";
    };
  }

  static String change(long operation) {
    return operation == 0 ? "add" : operation == 1 ? "delete" : "replace";
  }
}
