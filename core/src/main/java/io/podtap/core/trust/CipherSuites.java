/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.trust;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * TLS 1.3's suites in the order of what they cost here: AES where the processor has instructions
 * for it, else ChaCha20 first.
 *
 * @see "RFC 8446 appendix B.4"
 */
final class CipherSuites {

  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");
  private static final String AES_128 = "TLS_AES_128_GCM_SHA256";
  private static final String AES_256 = "TLS_AES_256_GCM_SHA384";
  private static final String CHACHA20 = "TLS_CHACHA20_POLY1305_SHA256";

  /** {@code flags} of x86, {@code Features} of arm64. */
  private static final Pattern FACTS = Pattern.compile("(?m)^(?:flags|Features)\\s*:(.*)$");

  private CipherSuites() {}

  /** Returns them, the preferred one first. */
  static String[] preferred() {
    try {
      return order(Files.readString(PROCESSOR, StandardCharsets.US_ASCII));
    } catch (IOException e) {
      return order("");
    }
  }

  /**
   * As above, of a processor.
   *
   * @param facts what {@code /proc/cpuinfo} says
   */
  static String[] order(String facts) {
    var matcher = FACTS.matcher(facts);
    List<String> words =
        matcher.find() ? List.of(matcher.group(1).strip().split("\\s+")) : List.of();
    boolean hasAes =
        words.contains("aes") && (words.contains("pclmulqdq") || words.contains("pmull"));
    return hasAes
        ? new String[] {AES_128, AES_256, CHACHA20}
        : new String[] {CHACHA20, AES_128, AES_256};
  }
}
