/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.testing;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;

/**
 * Damages input for fuzz tests: the same seed makes the same damage, so a failure is repeated by
 * its seed.
 *
 * <p>Damage is of bytes (changed, inserted, removed, repeated, cut off) and of numbers in either
 * byte order, which lengths and counts are: zero, all ones, off by one, the largest of each width.
 */
public final class Mutations {

  /** Rounds of damage at most; most inputs get one or two. */
  private static final int ROUNDS_MAX = 6;

  private static final int REPEATED_BYTES_MAX = 1 << 10;

  private static final long[] NUMBERS = {
    0, 1, -1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFFL, 0x8000_0000L, 0xFFFF_FFFFL
  };

  private final Random random;

  /** Makes the damage of {@code seed}. */
  public Mutations(long seed) {
    random = new Random(seed);
  }

  /** Returns a number from 0 up to {@code bound}, which is left out. */
  public int next(int bound) {
    return random.nextInt(bound);
  }

  /** Returns a damaged copy of {@code input}, which stays as it is. */
  public byte[] of(byte[] input) {
    byte[] bytes = input.clone();
    int rounds = 1 + random.nextInt(1 + random.nextInt(ROUNDS_MAX));
    for (int i = 0; i < rounds && bytes.length > 0; i++) {
      bytes = damaged(bytes);
    }
    return bytes;
  }

  private byte[] damaged(byte[] bytes) {
    int at = random.nextInt(bytes.length);
    int length = 1 + random.nextInt(Math.min(bytes.length - at, REPEATED_BYTES_MAX));
    return switch (random.nextInt(7)) {
      case 0 -> replaced(bytes, at, 1, new byte[] {(byte) (bytes[at] ^ 1 << random.nextInt(8))});
      case 1 -> replaced(bytes, at, 1, new byte[] {(byte) random.nextInt(256)});
      case 2 -> replaced(bytes, at, length, new byte[0]);
      case 3 -> replaced(bytes, at, 0, Arrays.copyOfRange(bytes, at, at + length));
      case 4 -> replaced(bytes, at, bytes.length - at, new byte[0]);
      case 5 -> replaced(bytes, at, 0, random(1 + random.nextInt(16)));
      default -> number(bytes, at);
    };
  }

  private byte[] number(byte[] bytes, int at) {
    int width = Math.min(1 << random.nextInt(4), bytes.length - at);
    long value = NUMBERS[random.nextInt(NUMBERS.length)];
    if (random.nextBoolean()) {
      value = (long) bytes[at] + random.nextInt(-2, 3);
    }
    boolean isBigEndian = random.nextBoolean();
    byte[] number = new byte[width];
    for (int i = 0; i < width; i++) {
      number[isBigEndian ? width - 1 - i : i] = (byte) (value >> Math.min(63, 8 * i));
    }
    return replaced(bytes, at, width, number);
  }

  private byte[] random(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] replaced(byte[] bytes, int at, int length, byte[] by) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + by.length);
    out.write(bytes, 0, at);
    out.writeBytes(by);
    out.write(bytes, at + length, bytes.length - at - length);
    return out.toByteArray();
  }
}
