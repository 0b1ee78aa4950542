/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import java.util.Arrays;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Texts that were seen within a time, by hashes of 64 bits: small enough for every pair of a large
 * cluster. Two texts are taken for one with a probability of one in 10^13 at a million entries. It
 * grows up to its bound; then what was seen longest ago leaves, which is counted. One thread.
 */
public final class RecentKeys implements StateTable {

  private static final int CAPACITY_MIN = 1 << 8;
  private static final int BYTES_PER_PLACE = Long.BYTES + Integer.BYTES;
  private static final long NS_PER_SECOND = 1_000_000_000L;
  private static final long EMPTY = 0;

  private final int capacityMax;
  private final long ageSecondsMax;
  private long[] hashes = new long[CAPACITY_MIN];

  /** When each was seen last, seconds since 1970 in 32 bits. */
  private int[] seconds = new int[CAPACITY_MIN];

  private int size;
  private long evicted;
  private @Nullable LongConsumer observer;

  /**
   * @param bytesMax what it may take
   * @param ageNsMax after which a text that was not seen again is forgotten
   */
  public RecentKeys(long bytesMax, long ageNsMax) {
    long places = Math.clamp(bytesMax / BYTES_PER_PLACE, CAPACITY_MIN, 1 << 26);
    capacityMax = (int) Long.highestOneBit(places);
    ageSecondsMax = ageNsMax / NS_PER_SECOND;
  }

  /** Returns whether a text was seen within the time; its age begins again. */
  public boolean isKnown(String text, long nowNs) {
    int at = find(hash(text));
    int now = (int) (nowNs / NS_PER_SECOND);
    if (hashes[at] == EMPTY || isOld(at, now)) {
      return false;
    }
    if (seconds[at] != now) {
      seconds[at] = now;
      touched(hashes[at]);
    }
    return true;
  }

  /** Adds a text. */
  public void add(String text, long nowNs) {
    add(hash(text), (int) (nowNs / NS_PER_SECOND));
  }

  private void add(long hash, int now) {
    int at = find(hash);
    if (hashes[at] == EMPTY) {
      if (size >= hashes.length / 4 * 3) {
        makeRoom(now);
        at = find(hash);
      }
      hashes[at] = hash;
      size++;
    }
    seconds[at] = now;
    touched(hash);
  }

  /**
   * Names whoever keeps a copy elsewhere.
   *
   * @param observer told of each hash that came, was seen again or left
   */
  public void observe(LongConsumer observer) {
    this.observer = observer;
  }

  private void touched(long hash) {
    if (observer != null) {
      observer.accept(hash);
    }
  }

  /** Returns when a text of this hash was seen last, seconds since 1970; 0 for none. */
  public int secondsOf(long hash) {
    int at = find(hash);
    return hashes[at] == EMPTY ? 0 : seconds[at];
  }

  /** Adds what a copy has. */
  public void restore(long hash, int seenSeconds) {
    if (hash != EMPTY) {
      add(hash, seenSeconds);
    }
  }

  private boolean isOld(int at, int now) {
    return now - seconds[at] > ageSecondsMax;
  }

  /** Returns the place of a hash, or the empty place where it would be. */
  private int find(long hash) {
    int mask = hashes.length - 1;
    int at = (int) hash & mask;
    while (hashes[at] != EMPTY && hashes[at] != hash) {
      at = (at + 1) & mask;
    }
    return at;
  }

  /** Forgets what is old, and where that is not enough grows, or gives up the older half. */
  private void makeRoom(int now) {
    int live = 0;
    int[] ages = new int[size];
    for (int at = 0; at < hashes.length; at++) {
      if (hashes[at] != EMPTY && !isOld(at, now)) {
        ages[live++] = now - seconds[at];
      }
    }
    boolean fits = live <= hashes.length / 2;
    boolean grows = !fits && hashes.length < capacityMax;
    int ageMax = Integer.MAX_VALUE;
    if (!fits && !grows) {
      Arrays.sort(ages, 0, live);
      ageMax = ages[live / 2];
    }
    rebuild(grows ? 2 * hashes.length : hashes.length, now, ageMax, hashes.length / 2);
  }

  private void rebuild(int places, int now, int ageMax, int sizeMax) {
    long[] oldHashes = hashes;
    int[] oldSeconds = seconds;
    hashes = new long[places];
    seconds = new int[places];
    size = 0;
    for (int i = 0; i < oldHashes.length; i++) {
      int age = now - oldSeconds[i];
      if (oldHashes[i] == EMPTY) {
        continue;
      }
      if (age > ageSecondsMax) {
        touched(oldHashes[i]);
        continue;
      }
      if (age > ageMax || (places == oldHashes.length && size >= sizeMax)) {
        evicted++;
        touched(oldHashes[i]);
        continue;
      }
      int at = find(oldHashes[i]);
      hashes[at] = oldHashes[i];
      seconds[at] = oldSeconds[i];
      size++;
    }
  }

  /** FNV-1a, its bits then mixed; never {@link #EMPTY}. */
  private static long hash(String text) {
    long hash = 0xCBF29CE484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001B3L;
    }
    hash = (hash ^ hash >>> 32) * 0x9E3779B97F4A7C15L;
    hash ^= hash >>> 29;
    return hash == EMPTY ? 1 : hash;
  }

  /** Returns how many texts there are, old ones that were not yet forgotten among them. */
  public int size() {
    return size;
  }

  @Override
  public long bytes() {
    return (long) hashes.length * BYTES_PER_PLACE;
  }

  @Override
  public long evicted() {
    return evicted;
  }
}
