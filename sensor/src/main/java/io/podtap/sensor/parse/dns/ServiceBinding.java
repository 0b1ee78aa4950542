/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dns;

import io.podtap.sensor.parse.Session;

/**
 * The parameters of an SVCB or HTTPS record: priority, target name, then key, length and value of
 * each. They are only checked: no log shows them.
 *
 * @see "RFC 9460 sections 2.2, 7 and 8"
 */
final class ServiceBinding {

  private static final int KEY_MANDATORY = 0;
  private static final int KEY_ALPN = 1;
  private static final int KEY_NO_DEFAULT_ALPN = 2;
  private static final int KEY_PORT = 3;
  private static final int KEY_IPV4_HINT = 4;
  private static final int KEY_ECH = 5;
  private static final int KEY_IPV6_HINT = 6;

  private static final int LENGTH_MIN = 3;
  private static final int PARAMETER_HEADER_LENGTH = 4;

  private ServiceBinding() {}

  /**
   * Notes what is weird about a record.
   *
   * @param end where the record's data ends in the message
   * @return whether what stands behind it may be read
   */
  static boolean check(Session session, DnsMessageReader reader, int start, int end) {
    if (end - start < LENGTH_MIN) {
      session.weird("DNS_SVCB_wrong_length", "");
      return false;
    }
    reader.seek(start + 2);
    reader.name();
    if (!reader.problem().isEmpty()) {
      return false;
    }
    int at = reader.at();
    if (reader.u16At(start) == 0) { // another name for the target, and nothing more
      if (at < end) {
        session.weird("DNS_SVCB_aliasmode_with_params", "");
      }
      return true;
    }
    while (at + PARAMETER_HEADER_LENGTH <= end) {
      int key = reader.u16At(at);
      int length = reader.u16At(at + 2);
      at += PARAMETER_HEADER_LENGTH;
      if (length > end - at) {
        session.weird("DNS_SVCB_param_value_toobig", length + " capped to " + (end - at));
        length = end - at;
      }
      String weird = weird(reader, key, at, length);
      if (!weird.isEmpty()) {
        session.weird(weird, "");
      }
      at += length;
    }
    return true;
  }

  private static String weird(DnsMessageReader reader, int key, int at, int length) {
    return switch (key) {
      case KEY_MANDATORY ->
          length == 0 || length % 2 != 0 ? "DNS_SVCB_mandatory_length_invalid" : "";
      case KEY_ALPN -> isFilled(reader, at, at + length) ? "" : "DNS_SVCB_alpn_length_invalid";
      case KEY_NO_DEFAULT_ALPN -> length > 0 ? "DNS_SVCB_nodefaultalpn_value" : "";
      case KEY_PORT -> length == 2 ? "" : "DNS_SVCB_port_length_invalid";
      case KEY_IPV4_HINT -> length % 4 == 0 ? "" : "DNS_SVCB_hint_length_invalid";
      case KEY_IPV6_HINT -> length % 16 == 0 ? "" : "DNS_SVCB_hint_length_invalid";
      case KEY_ECH -> "";
      default -> "DNS_SVCB_key_reserved_or_invalid";
    };
  }

  /** Returns whether names behind their lengths fill a value, none of them empty. */
  private static boolean isFilled(DnsMessageReader reader, int start, int end) {
    int at = start;
    while (at < end) {
      int length = reader.u8At(at);
      if (length == 0) {
        return false;
      }
      at += 1 + length;
    }
    return at == end;
  }
}
