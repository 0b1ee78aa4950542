/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

import io.podtap.core.config.SettingsException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Text in its encoding: UTF-8, or UTF-16 that begins with a byte order mark. The mark stays in the
 * text, so that what is written has it too.
 *
 * @see "YAML 1.2.2 section 5.2"
 */
record EncodedText(Reader reader, Charset charset) {

  private static final int SIGNATURE_BYTES = 4;

  /**
   * Looks at the first bytes of a stream.
   *
   * @throws SettingsException when it is UTF-16 without a mark, or UTF-32
   */
  static EncodedText of(String label, InputStream stream) throws IOException {
    BufferedInputStream in = new BufferedInputStream(stream, 1 << 16);
    in.mark(SIGNATURE_BYTES);
    byte[] first = in.readNBytes(SIGNATURE_BYTES);
    in.reset();
    Charset charset = StandardCharsets.UTF_8;
    if (starts(first, 0xFE, 0xFF)) {
      charset = StandardCharsets.UTF_16BE;
    } else if (starts(first, 0xFF, 0xFE) && !starts(first, 0xFF, 0xFE, 0, 0)) {
      charset = StandardCharsets.UTF_16LE;
    } else if (hasZero(first)) {
      throw new SettingsException(
          label + ": neither UTF-8 nor UTF-16 with a byte order mark: convert it to UTF-8");
    }
    return new EncodedText(
        new InputStreamReader(
            in,
            charset
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)),
        charset);
  }

  private static boolean starts(byte[] bytes, int... expected) {
    if (bytes.length < expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if ((bytes[i] & 0xFF) != expected[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean hasZero(byte[] bytes) {
    for (byte one : bytes) {
      if (one == 0) {
        return true;
      }
    }
    return false;
  }
}
