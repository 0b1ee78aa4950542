/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.quic;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A version whose Initial packets can be read.
 *
 * @see "RFC 9001 section 5.2; RFC 9369 sections 3.2 and 3.3"
 */
final class QuicVersion {

  private static final long FIRST = 1;
  private static final long SECOND = 0x6B33_43CFL;
  private static final long DRAFT = 0xFF00_0000L;

  private static final QuicVersion VERSION_1 =
      new QuicVersion(salt("38762cf7f55934b34d179ae6a4c80cadccbb7f0a"), "quic ", 0);
  private static final QuicVersion VERSION_2 =
      new QuicVersion(salt("0dede3def700a6db819381be6e269dcbf9bd2ed9"), "quicv2 ", 3);
  private static final QuicVersion DRAFT_29 =
      new QuicVersion(salt("afbfec289993d24c9e9786f19c6111e04390a899"), "quic ", 0);
  private static final QuicVersion DRAFT_23 =
      new QuicVersion(salt("c3eef712c72ebb5a11a7d2432bb46365bef9f502"), "quic ", 0);

  private final byte[] salt;
  private final String labelPrefix;
  private final int typeShift;

  private QuicVersion(byte[] salt, String labelPrefix, int typeShift) {
    this.salt = salt;
    this.labelPrefix = labelPrefix;
    this.typeShift = typeShift;
  }

  private static byte[] salt(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  /** Returns the version of this number, or null when it is not known. */
  static @Nullable QuicVersion of(long number) {
    if (number == FIRST) {
      return VERSION_1;
    }
    if (number == SECOND) {
      return VERSION_2;
    }
    int draft = (int) (number - DRAFT);
    if (number < DRAFT || draft < 23 || draft > 34) {
      return null;
    }
    return draft < 29 ? DRAFT_23 : draft < 33 ? DRAFT_29 : VERSION_1;
  }

  /** Returns how the log calls the version of this number. */
  static String name(long number) {
    if (number == FIRST) {
      return "1";
    }
    if (number == SECOND) {
      return "quicv2";
    }
    return of(number) != null ? "draft-" + (number - DRAFT) : "unknown-" + Long.toHexString(number);
  }

  /** Returns what the secrets of Initial packets are salted with; not to be written to. */
  byte[] salt() {
    return salt;
  }

  /** Returns what the labels of their keys begin with. */
  String labelPrefix() {
    return labelPrefix;
  }

  /** Returns the type of a long header as version 1 numbers it. */
  int type(int firstByte) {
    return ((firstByte >>> 4) + typeShift) & 3;
  }
}
