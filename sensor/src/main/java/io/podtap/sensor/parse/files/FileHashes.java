/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.files;

import io.podtap.core.config.SettingsException;
import io.podtap.sensor.parse.Payload;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The hashes of one file, taken as its bytes come. One thread. */
final class FileHashes {

  static final int MD5 = 0;
  static final int SHA1 = 1;
  static final int SHA256 = 2;

  private static final List<String> NAMES = List.of("MD5", "SHA1", "SHA256");
  private static final List<String> ALGORITHMS = List.of("MD5", "SHA-1", "SHA-256");
  private static final byte[] NONE = new byte[0];

  private final @Nullable MessageDigest[] digests = new @Nullable MessageDigest[NAMES.size()];

  /** Begins a hash, by Zeek's name for it; other names are no hash. */
  void begin(String name) {
    int which = NAMES.indexOf(name);
    if (which >= 0 && digests[which] == null) {
      try {
        digests[which] = MessageDigest.getInstance(ALGORITHMS.get(which));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has " + name, e);
      }
    }
  }

  void add(Payload data) {
    for (MessageDigest digest : digests) {
      if (digest != null) {
        data.digest(digest);
      }
    }
  }

  /** Takes no hash: bytes come in another order than that of the file. */
  void giveUp() {
    for (int i = 0; i < digests.length; i++) {
      digests[i] = null;
    }
  }

  /** Ends a hash; empty when it was not taken. */
  byte[] finish(int which) {
    MessageDigest digest = digests[which];
    return digest == null ? NONE : digest.digest();
  }

  /** Reads a list of hashes as a user writes it: {@code md5,sha1}. */
  static List<String> parse(String list) {
    List<String> names = new ArrayList<>();
    for (String word : list.split(",", -1)) {
      String name = word.strip().toUpperCase(Locale.ROOT).replace("-", "");
      if (NAMES.contains(name)) {
        names.add(name);
      } else if (!Set.of("", "NONE").contains(name)) {
        throw new SettingsException(
            "file hashes are md5, sha1, sha256 or none, not '" + word + "'");
      }
    }
    return List.copyOf(names);
  }
}
