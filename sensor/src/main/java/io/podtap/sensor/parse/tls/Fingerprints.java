/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.tls;

import io.podtap.sensor.parse.Digests;
import io.podtap.sensor.parse.hello.ClientHello;
import io.podtap.sensor.parse.hello.Extensions;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Short names of what clients offer and servers choose, the same for the same software.
 *
 * @see "JA3 (BSD 3-clause) and JA4 (BSD 3-clause; the other prints of its family are not free)"
 */
final class Fingerprints {

  private static final String NOTHING = "000000000000";
  private static final int COUNT_SHOWN_MAX = 99;

  private Fingerprints() {}

  static String ja3(ClientHello hello) {
    return hash(
        "MD5",
        hello.version()
            + ","
            + decimals(hello.ciphers())
            + ","
            + decimals(hello.extensions())
            + ","
            + decimals(hello.groups())
            + ","
            + decimals(hello.pointFormats()));
  }

  static String ja3s(ServerHello hello) {
    return hash("MD5", hello.legacyVersion + "," + hello.cipher + "," + decimals(hello.extensions));
  }

  /**
   * @param carrier t for TCP, q for QUIC, d for DTLS
   */
  static String ja4(ClientHello hello, char carrier) {
    String extensions =
        sortedHex(
            hello.extensions().stream()
                .filter(type -> type != Extensions.SERVER_NAME && type != Extensions.PROTOCOLS)
                .toList());
    String algorithms =
        hello.signatureAlgorithms().stream()
            .map(Fingerprints::hex)
            .collect(Collectors.joining(","));
    return carrier
        + version(hello)
        + (hello.extensions().contains(Extensions.SERVER_NAME) ? "d" : "i")
        + count(hello.ciphers())
        + count(hello.extensions())
        + protocol(hello)
        + "_"
        + (hello.ciphers().isEmpty() ? NOTHING : truncated(sortedHex(hello.ciphers())))
        + "_"
        + (extensions.isEmpty() && algorithms.isEmpty()
            ? NOTHING
            : truncated(algorithms.isEmpty() ? extensions : extensions + "_" + algorithms));
  }

  private static String version(ClientHello hello) {
    int version =
        hello.versions().stream().mapToInt(Integer::intValue).max().orElse(hello.version());
    return switch (version) {
      case 0x0304 -> "13";
      case 0x0303 -> "12";
      case 0x0302 -> "11";
      case 0x0301 -> "10";
      case 0x0300 -> "s3";
      case 0x0002 -> "s2";
      case 0xFEFF -> "d1";
      case 0xFEFD -> "d2";
      case 0xFEFC -> "d3";
      default -> "00";
    };
  }

  private static String count(List<Integer> of) {
    int count = Math.min(of.size(), COUNT_SHOWN_MAX);
    return count < 10 ? "0" + count : Integer.toString(count);
  }

  /** First and last character of the first protocol offered, of its hexadecimal form if need be. */
  private static String protocol(ClientHello hello) {
    String protocol = hello.protocol();
    if (protocol == null) {
      return "00";
    }
    char first = protocol.charAt(0);
    char last = protocol.charAt(protocol.length() - 1);
    if (isAlphanumeric(first) && isAlphanumeric(last)) {
      return "" + first + last;
    }
    HexFormat format = HexFormat.of();
    return "" + format.toHighHexDigit(first) + format.toLowHexDigit(last);
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  }

  private static String decimals(List<Integer> numbers) {
    return numbers.stream().map(Object::toString).collect(Collectors.joining("-"));
  }

  private static String sortedHex(List<Integer> numbers) {
    return numbers.stream().sorted().map(Fingerprints::hex).collect(Collectors.joining(","));
  }

  private static String hex(int number) {
    return HexFormat.of().toHexDigits((short) number);
  }

  private static String truncated(String text) {
    return hash("SHA-256", text).substring(0, NOTHING.length());
  }

  private static String hash(String algorithm, String text) {
    return Digests.hex(algorithm, text.getBytes(StandardCharsets.US_ASCII));
  }
}
