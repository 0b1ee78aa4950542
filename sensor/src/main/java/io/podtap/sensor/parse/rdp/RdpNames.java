/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.rdp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What the numbers of RDP are called, with Zeek's words.
 *
 * @see "[MS-RDPBCGR] 2.2.1.2, 2.2.1.3, 2.2.1.4; [MS-LCID] 2.2"
 */
final class RdpNames {

  private static final Map<Long, String> LAYOUTS = layouts();

  private RdpNames() {}

  private static Map<Long, String> layouts() {
    String file = "keyboard-layouts.txt";
    Map<Long, String> names = HashMap.newHashMap(256);
    try (InputStream in = Objects.requireNonNull(RdpNames.class.getResourceAsStream(file), file);
        var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          names.put(Long.parseLong(line, 0, 4, 16), line.substring(5));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return names;
  }

  /** A layout whose upper half names a variant is taken for its language's. */
  static String layout(long number) {
    String name = LAYOUTS.get(number);
    if (name != null) {
      return name;
    }
    String language = LAYOUTS.get(number & 0xFFFF);
    return language == null ? "keyboard-" + number : language + " (Best Guess for " + number + ")";
  }

  static String build(long number) {
    return switch ((int) number) {
      case 419 -> "RDP 4.0";
      case 2_195, 2_221 -> "RDP 5.0";
      case 2_600 -> "RDP 5.1";
      case 3_790 -> "RDP 5.2";
      case 6_000 -> "RDP 6.0";
      case 6_001 -> "RDP 6.1";
      case 6_002 -> "RDP 6.2";
      case 7_600 -> "RDP 7.0";
      case 7_601 -> "RDP 7.1";
      case 9_200 -> "RDP 8.0";
      case 9_600 -> "RDP 8.1";
      case 25_189, 25_282 -> "RDP 8.0 (Mac)";
      default -> "client_build-" + number;
    };
  }

  static String securityProtocol(long number) {
    return switch ((int) number) {
      case 0 -> "RDP";
      case 1 -> "SSL";
      case 2 -> "HYBRID";
      case 8 -> "HYBRID_EX";
      default -> "security_protocol-" + number;
    };
  }

  static String failure(long number) {
    return switch ((int) number) {
      case 1 -> "SSL_REQUIRED_BY_SERVER";
      case 2 -> "SSL_NOT_ALLOWED_BY_SERVER";
      case 3 -> "SSL_CERT_NOT_ON_SERVER";
      case 4 -> "INCONSISTENT_FLAGS";
      case 5 -> "HYBRID_REQUIRED_BY_SERVER";
      case 6 -> "SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER";
      default -> "failure_code-" + number;
    };
  }

  /** Of a conference, ITU-T T.124 section 8.7. */
  static String result(int number) {
    return switch (number) {
      case 0 -> "Success";
      case 1 -> "User rejected";
      case 2 -> "Resources not available";
      case 3 -> "Rejected for symmetry breaking";
      case 4 -> "Locked conference";
      default -> "result-" + number;
    };
  }

  static String colorDepth(int number) {
    return switch (number) {
      case 4 -> "4bit";
      case 8 -> "8bit";
      case 15 -> "15bit";
      case 16 -> "16bit";
      case 24 -> "24bit";
      default -> "high_color_depth-" + number;
    };
  }

  static String certificateKind(long number) {
    return switch ((int) number) {
      case 1 -> "RSA";
      case 2 -> "X.509";
      default -> "cert_type-" + number;
    };
  }

  static String encryptionMethod(long number) {
    return switch ((int) number) {
      case 0 -> "None";
      case 1 -> "40bit";
      case 2 -> "128bit";
      case 8 -> "56bit";
      case 16 -> "FIPS";
      default -> "encryption_method-" + number;
    };
  }

  static String encryptionLevel(long number) {
    return switch ((int) number) {
      case 0 -> "None";
      case 1 -> "Low";
      case 2 -> "Client compatible";
      case 3 -> "High";
      case 4 -> "FIPS";
      default -> "encryption_level-" + number;
    };
  }
}
