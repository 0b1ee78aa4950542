/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Eight bytes of an array looked at together, the first one lowest.
 *
 * <p>What was found is marked by the highest bit of its byte. A subtraction borrows from the lowest
 * byte up, so the first mark is always right, and without any mark there is nothing; bytes behind
 * the first mark may be marked wrongly.
 */
public final class EightBytes {

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101_0101_0101_0101L;

  /** The highest bit of each byte: where marks are. */
  public static final long MARKS = ONES << 7;

  private EightBytes() {}

  /** Returns the eight bytes at {@code at}, which must be there. */
  public static long at(byte[] bytes, int at) {
    return (long) LONG.get(bytes, at);
  }

  /** Puts eight bytes to {@code at}, where there must be room. */
  public static void set(byte[] bytes, int at, long eight) {
    LONG.set(bytes, at, eight);
  }

  /** Returns the low eight bits of {@code value}, eight times. */
  public static long of(int value) {
    return (value & 0xFF) * ONES;
  }

  /** Marks bytes that are equal to those of {@code wanted}. */
  public static long equal(long eight, long wanted) {
    long differences = eight ^ wanted;
    return (differences - ONES) & ~differences & MARKS;
  }

  /** Returns which of the eight has the first mark, from 0. */
  public static int first(long marks) {
    return Long.numberOfTrailingZeros(marks) >>> 3;
  }
}
