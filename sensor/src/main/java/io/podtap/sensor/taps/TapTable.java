package io.podtap.sensor.taps;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the lane of a datagram by its outer source, without allocation for a lane already seen.
 * Bounded: senders beyond the limit share one lane of their own, so nothing they send is lost
 * uncounted. One thread.
 */
public final class TapTable {

  /** Taps that a table keeps apart. */
  public static final int TAPS_MAX = 4_096;

  private static final int SLOTS = 1 << 15;
  private static final int LANES_MAX = SLOTS / 2;

  private final @Nullable Lane[] slots = new Lane[SLOTS];
  private final List<Tap> taps = new ArrayList<>();
  private final List<Lane> lanes = new ArrayList<>();
  private final Lane overflow = new Lane(0, 0, 0, -1, new Tap(TAPS_MAX, 0, 0, -1));
  private Lane last = overflow;

  /**
   * Returns the lane of a datagram; a new one the first time. Datagrams come in runs, so the last
   * one is tried first.
   */
  public Lane lane(long addressHigh, long addressLow, int port, int vni) {
    if (last.matches(addressHigh, addressLow, port, vni)) {
      return last;
    }
    int slot = slot(addressHigh, addressLow, port, vni);
    for (Lane lane = slots[slot]; lane != null; lane = slots[slot]) {
      if (lane.matches(addressHigh, addressLow, port, vni)) {
        last = lane;
        return lane;
      }
      slot = (slot + 1) & (SLOTS - 1);
    }
    return add(slot, addressHigh, addressLow, port, vni);
  }

  private Lane add(int slot, long addressHigh, long addressLow, int port, int vni) {
    Tap tap = lanes.size() < LANES_MAX ? tap(addressHigh, addressLow, vni) : null;
    if (tap == null) {
      return overflow;
    }
    Lane lane = new Lane(addressHigh, addressLow, port, vni, tap);
    slots[slot] = lane;
    lanes.add(lane);
    last = lane;
    return lane;
  }

  private @Nullable Tap tap(long addressHigh, long addressLow, int vni) {
    for (Tap tap : taps) {
      if (tap.matches(addressHigh, addressLow, vni)) {
        return tap;
      }
    }
    if (taps.size() == TAPS_MAX) {
      return null;
    }
    Tap tap = new Tap(taps.size(), addressHigh, addressLow, vni);
    taps.add(tap);
    return tap;
  }

  private static int slot(long high, long low, int port, int vni) {
    long hash = (high * 31 + low) * 0x9E37_79B9_7F4A_7C15L + ((long) vni << 16 | port);
    hash = (hash ^ (hash >>> 29)) * 0xBF58_476D_1CE4_E5B9L;
    return (int) (hash >>> 40) & (SLOTS - 1);
  }

  /** Returns the taps and strangers seen, by index. */
  public List<Tap> taps() {
    return Collections.unmodifiableList(taps);
  }

  /** Returns every lane seen. */
  public List<Lane> lanes() {
    return Collections.unmodifiableList(lanes);
  }

  /** Returns the lane that senders beyond the limit share. */
  public Lane overflow() {
    return overflow;
  }
}
