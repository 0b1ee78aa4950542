/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.tls;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** What the numbers of TLS are called, as IANA registers them. */
final class TlsNames {

  private static final Map<Integer, String> CIPHER_SUITES = read("cipher-suites.txt");
  private static final Map<Integer, String> GROUPS = read("groups.txt");

  private TlsNames() {}

  private static Map<Integer, String> read(String file) {
    Map<Integer, String> names = HashMap.newHashMap(512);
    try (InputStream in = Objects.requireNonNull(TlsNames.class.getResourceAsStream(file), file);
        var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          names.put(Integer.parseInt(line, 0, 4, 16), line.substring(5));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return names;
  }

  private static String name(Map<Integer, String> names, int number) {
    String name = names.get(number);
    return name != null ? name : "unknown-" + number;
  }

  static String cipherSuite(int number) {
    return name(CIPHER_SUITES, number);
  }

  /** Returns how Zeek calls a cipher of SSL 2; the server's list may be empty. */
  static String oldCipher(int number) {
    return switch (number) {
      case 0x010080 -> "SSLv20_CK_RC4_128_WITH_MD5";
      case 0x020080 -> "SSLv20_CK_RC4_128_EXPORT40_WITH_MD5";
      case 0x030080 -> "SSLv20_CK_RC2_128_CBC_WITH_MD5";
      case 0x040080 -> "SSLv20_CK_RC2_128_CBC_EXPORT40_WITH_MD5";
      case 0x050080 -> "SSLv20_CK_IDEA_128_CBC_WITH_MD5";
      case 0x060040 -> "SSLv20_CK_DES_64_CBC_WITH_MD5";
      case 0x0700C0 -> "SSLv20_CK_DES_192_EDE3_CBC_WITH_MD5";
      case -1 -> cipherSuite(0);
      default -> "unknown-" + number;
    };
  }

  static String group(int number) {
    return name(GROUPS, number);
  }

  /** Returns how Zeek calls a version. */
  static String version(int number) {
    return switch (number) {
      case 0x0002 -> "SSLv2";
      case 0x0300 -> "SSLv3";
      case 0x0301 -> "TLSv10";
      case 0x0302 -> "TLSv11";
      case 0x0303 -> "TLSv12";
      case 0x0304 -> "TLSv13";
      case 0xFEFF -> "DTLSv10";
      case 0xFEFD -> "DTLSv12";
      case 0xFEFC -> "DTLSv13";
      default ->
          (number & 0xFF00) == 0x7F00 ? "TLSv13-draft" + (number & 0xFF) : "unknown-" + number;
    };
  }

  /** Returns the name of an alert (RFC 8446 section 6, RFC 5246 section 7.2). */
  static String alert(int number) {
    return switch (number) {
      case 0 -> "close_notify";
      case 10 -> "unexpected_message";
      case 20 -> "bad_record_mac";
      case 21 -> "decryption_failed";
      case 22 -> "record_overflow";
      case 30 -> "decompression_failure";
      case 40 -> "handshake_failure";
      case 41 -> "no_certificate";
      case 42 -> "bad_certificate";
      case 43 -> "unsupported_certificate";
      case 44 -> "certificate_revoked";
      case 45 -> "certificate_expired";
      case 46 -> "certificate_unknown";
      case 47 -> "illegal_parameter";
      case 48 -> "unknown_ca";
      case 49 -> "access_denied";
      case 50 -> "decode_error";
      case 51 -> "decrypt_error";
      case 60 -> "export_restriction";
      case 70 -> "protocol_version";
      case 71 -> "insufficient_security";
      case 80 -> "internal_error";
      case 86 -> "inappropriate_fallback";
      case 90 -> "user_canceled";
      case 100 -> "no_renegotiation";
      case 109 -> "missing_extension";
      case 110 -> "unsupported_extension";
      case 111 -> "certificate_unobtainable";
      case 112 -> "unrecognized_name";
      case 113 -> "bad_certificate_status_response";
      case 114 -> "bad_certificate_hash_value";
      case 115 -> "unknown_psk_identity";
      case 116 -> "certificate_required";
      case 117 -> "general_error";
      case 120 -> "no_application_protocol";
      case 121 -> "ech_required";
      default -> "unknown-" + number;
    };
  }
}
