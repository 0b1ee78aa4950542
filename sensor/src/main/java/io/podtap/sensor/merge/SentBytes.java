/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.merge;

/**
 * Which bytes of one direction of a TCP connection the taps have delivered: for segments that no
 * copy is found of because another tap has cut the same bytes elsewhere, as it does behind a
 * network card that joins segments. Sequence numbers as they stand in packets. One thread.
 *
 * @see "RFC 9293 section 3.4"
 */
final class SentBytes {

  private static final int HOLES_MAX = 64;

  /** Bytes of which it is known who has delivered them. */
  private static final int FOLLOWED_BYTES = 1 << 26;

  /** So many more segments are found as copies than elsewhere cut where all taps cut alike. */
  private static final int ALIKE = 4;

  private long key;
  private int start;
  private int end;
  private final int[] ends = new int[Pair.TAPS_MAX];
  private int taps;
  private int copies;
  private int cutElsewhere;

  /** Pairs of first and one past the last byte that no tap has delivered. */
  private final int[] holes = new int[2 * HOLES_MAX];

  private int holeCount;

  /** Forgets the connection that was here before, when it was another one. */
  void of(long connection) {
    if (key != connection) {
      key = connection;
      taps = 0;
      copies = 0;
      cutElsewhere = 0;
      holeCount = 0;
    }
  }

  /** Takes a segment of which another tap has delivered a copy. */
  void onCopy(int place, int from, int to) {
    begin(from);
    copies++;
    note(place, to);
    fill(from, to);
  }

  private void begin(int from) {
    if (taps == 0) {
      start = from;
      end = from;
    }
  }

  /**
   * Takes a segment of which there is no copy.
   *
   * @return whether other taps have delivered all of its bytes, and this one has not: it is cut
   *     elsewhere, and was not sent again
   */
  boolean isCutElsewhere(int place, int from, int to) {
    begin(from);
    boolean isFresh = (taps & 1 << place) == 0 || from - ends[place] >= 0;
    boolean others = (taps & ~(1 << place)) != 0;
    boolean isCovered = others && from - start >= 0 && to - end <= 0 && !touchesHole(from, to);
    note(place, to);
    if (isCovered && isFresh && copies <= ALIKE * cutElsewhere + ALIKE) {
      cutElsewhere++;
      return true;
    }
    fill(from, to);
    return false;
  }

  private void note(int place, int segmentEnd) {
    int bit = 1 << place;
    if ((taps & bit) == 0 || segmentEnd - ends[place] > 0) {
      ends[place] = segmentEnd;
    }
    taps |= bit;
  }

  private boolean touchesHole(int from, int to) {
    for (int i = 0; i < holeCount; i++) {
      if (from - holes[2 * i + 1] < 0 && holes[2 * i] - to < 0) {
        return true;
      }
    }
    return false;
  }

  private void fill(int from, int to) {
    if (from - start < 0 && holeCount < HOLES_MAX) {
      if (to - start < 0) {
        add(to, start);
      }
      start = from;
    }
    if (from - end > 0) {
      add(end, from);
    }
    if (to - end > 0) {
      end = to;
    }
    for (int i = holeCount - 1; i >= 0; i = Math.min(i, holeCount) - 1) {
      int first = holes[2 * i];
      int last = holes[2 * i + 1];
      if (from - last < 0 && first - to < 0) {
        remove(i);
        if (first - from < 0) {
          add(first, from);
        }
        if (to - last < 0) {
          add(to, last);
        }
      }
    }
    if (end - start > FOLLOWED_BYTES) {
      beginBehind(end - FOLLOWED_BYTES);
    }
  }

  private void add(int from, int to) {
    if (holeCount == HOLES_MAX) {
      beginBehind(firstHoleEnd());
    }
    holes[2 * holeCount] = from;
    holes[2 * holeCount + 1] = to;
    holeCount++;
  }

  private int firstHoleEnd() {
    int first = holes[1];
    for (int i = 1; i < holeCount; i++) {
      if (holes[2 * i + 1] - first < 0) {
        first = holes[2 * i + 1];
      }
    }
    return first;
  }

  /** Forgets what lies ahead of a byte: segments there count as not delivered. */
  private void beginBehind(int first) {
    start = first;
    for (int i = holeCount - 1; i >= 0; i--) {
      if (holes[2 * i + 1] - first <= 0) {
        remove(i);
      }
    }
  }

  private void remove(int at) {
    System.arraycopy(holes, 2 * at + 2, holes, 2 * at, 2 * (holeCount - at - 1));
    holeCount--;
  }
}
