/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.report;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.SecureRandom;

/**
 * Numbers that nobody can guess, 64 bits each, from the kernel. Not by {@link SecureRandom} unless
 * the device is missing: its classes cost a sidecar's start a tenth of a second. One thread.
 *
 * @see "random(4)"
 */
public final class Nonces {

  private static final String DEVICE = "/dev/urandom";
  private static final int BYTES = 256;

  private ByteBuffer drawn = ByteBuffer.allocate(0);

  /** Returns the next one. */
  public long next() {
    if (drawn.remaining() < Long.BYTES) {
      drawn = ByteBuffer.wrap(draw());
    }
    return drawn.getLong();
  }

  private static byte[] draw() {
    try (InputStream device = new FileInputStream(DEVICE)) {
      byte[] bytes = device.readNBytes(BYTES);
      if (bytes.length == BYTES) {
        return bytes;
      }
    } catch (IOException e) {
      // a container without the device: the other source says if it cannot either
    }
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    return bytes;
  }
}
