/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.flow;

/**
 * A set of services by their numbers, 0 to {@value #NUMBER_MAX}. A value: two longs that do not
 * change, so that sets of one service are made once and shared. Operations return one of their
 * operands where they can; what they allocate is allocated for a flow, never for each packet.
 */
public final class ServiceSet {

  /** The highest number that fits. */
  public static final int NUMBER_MAX = 127;

  /** The set without a service. */
  public static final ServiceSet EMPTY = new ServiceSet(0, 0);

  private final long low;
  private final long high;

  private ServiceSet(long low, long high) {
    this.low = low;
    this.high = high;
  }

  /** Returns the set of one service; asked once for each service. */
  public static ServiceSet of(int number) {
    if (number < 0 || number > NUMBER_MAX) {
      throw new IllegalArgumentException("service number " + number);
    }
    return number < Long.SIZE ? new ServiceSet(1L << number, 0) : new ServiceSet(0, 1L << number);
  }

  /** Returns whether no service is in the set. */
  public boolean isEmpty() {
    return (low | high) == 0;
  }

  /** Returns how many services are in the set. */
  public int size() {
    return Long.bitCount(low) + Long.bitCount(high);
  }

  /** Returns whether the service of this number is in the set. */
  public boolean contains(int number) {
    return ((number < Long.SIZE ? low : high) & 1L << number) != 0;
  }

  /** Returns whether a service is in both sets. */
  public boolean intersects(ServiceSet other) {
    return ((low & other.low) | (high & other.high)) != 0;
  }

  /** Returns the services of both sets together. */
  public ServiceSet union(ServiceSet other) {
    return with(low | other.low, high | other.high, other);
  }

  /** Returns the services that are in both sets. */
  public ServiceSet intersection(ServiceSet other) {
    return with(low & other.low, high & other.high, other);
  }

  /** Returns the services of this set that are not in the other one. */
  public ServiceSet minus(ServiceSet other) {
    return with(low & ~other.low, high & ~other.high, other);
  }

  private ServiceSet with(long newLow, long newHigh, ServiceSet other) {
    if (newLow == low && newHigh == high) {
      return this;
    }
    if (newLow == other.low && newHigh == other.high) {
      return other;
    }
    return (newLow | newHigh) == 0 ? EMPTY : new ServiceSet(newLow, newHigh);
  }

  /**
   * Returns the lowest number in the set that is {@code from} or higher, or -1: the way to visit
   * all of them.
   */
  public int next(int from) {
    if (from < Long.SIZE) {
      long left = low & -1L << from;
      if (left != 0) {
        return Long.numberOfTrailingZeros(left);
      }
      return high == 0 ? -1 : Long.SIZE + Long.numberOfTrailingZeros(high);
    }
    long left = from > NUMBER_MAX ? 0 : high & -1L << from;
    return left == 0 ? -1 : Long.SIZE + Long.numberOfTrailingZeros(left);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ServiceSet set && set.low == low && set.high == high;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(low) * 31 + Long.hashCode(high);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    for (int number = next(0); number >= 0; number = next(number + 1)) {
      text.append(text.length() > 1 ? ", " : "").append(number);
    }
    return text.append('}').toString();
  }
}
