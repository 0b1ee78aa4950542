package io.podtap.sensor.taps;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds the lane of a datagram by its outer source, without allocation for a lane already seen.
 *
 * <p>Bounded: when there is no room, senders that were silent for {@link #SILENCE_NS} are
 * forgotten; if there are none, the newcomer shares one lane with others like it, so nothing is
 * uncounted. An index is used again no sooner than that, when no flow can be named by it any more.
 * One thread.
 */
public final class TapTable {

  /** Taps that a table keeps apart. */
  public static final int TAPS_MAX = 4_096;

  /** A sender this silent may be forgotten. */
  public static final long SILENCE_NS = TimeUnit.HOURS.toNanos(1);

  private static final int SLOTS = 1 << 15;
  private static final int LANES_MAX = SLOTS / 2;

  /** Senders beyond the limit would have the table searched for room with every datagram. */
  private static final long SEARCH_PAUSE_NS = TimeUnit.SECONDS.toNanos(10);

  private final @Nullable Lane[] slots = new Lane[SLOTS];
  private final @Nullable Tap[] taps = new Tap[TAPS_MAX];
  private final Tap others = new Tap(TAPS_MAX, 0, 0, -1);
  private final Lane overflow = new Lane(0, 0, 0, -1, others);
  private Lane last = overflow;
  private int lanes;
  private long nextSearchNs = Long.MIN_VALUE;
  private long forgotten;

  /**
   * Returns the lane of a datagram; a new one the first time. Datagrams come in runs, so the last
   * one is tried first.
   *
   * @param nowNs when it was received, nanoseconds since 1970
   */
  public Lane lane(long addressHigh, long addressLow, int port, int vni, long nowNs) {
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
    last = add(addressHigh, addressLow, port, vni, nowNs);
    return last;
  }

  private Lane add(long addressHigh, long addressLow, int port, int vni, long nowNs) {
    if (lanes == LANES_MAX) {
      forgetSilent(nowNs);
    }
    Tap tap = lanes < LANES_MAX ? tap(addressHigh, addressLow, vni, nowNs) : null;
    if (tap == null) {
      return overflow;
    }
    Lane lane = new Lane(addressHigh, addressLow, port, vni, tap);
    tap.add(lane);
    insert(lane);
    lanes++;
    return lane;
  }

  private void insert(Lane lane) {
    int slot = slot(lane.addressHigh, lane.addressLow, lane.port, lane.vni);
    while (slots[slot] != null) {
      slot = (slot + 1) & (SLOTS - 1);
    }
    slots[slot] = lane;
  }

  private @Nullable Tap tap(long addressHigh, long addressLow, int vni, long nowNs) {
    int vacant = -1;
    for (int i = 0; i < TAPS_MAX; i++) {
      Tap tap = taps[i];
      if (tap == null) {
        vacant = vacant < 0 ? i : vacant;
      } else if (tap.matches(addressHigh, addressLow, vni)) {
        return tap;
      }
    }
    if (vacant < 0) {
      vacant = forgetSilent(nowNs);
    }
    if (vacant < 0) {
      return null;
    }
    Tap tap = new Tap(vacant, addressHigh, addressLow, vni);
    taps[vacant] = tap;
    return tap;
  }

  /** Makes room, and returns the index of a forgotten tap, or -1 when none was silent enough. */
  private int forgetSilent(long nowNs) {
    if (nowNs < nextSearchNs) {
      return -1;
    }
    nextSearchNs = nowNs + SEARCH_PAUSE_NS;
    int vacant = -1;
    for (int i = 0; i < TAPS_MAX; i++) {
      Tap tap = taps[i];
      if (tap != null && tap.lastSeenNs() < nowNs - SILENCE_NS) {
        taps[i] = null;
        forgotten++;
        vacant = i;
      }
    }
    if (vacant >= 0) {
      rebuild();
    }
    return vacant;
  }

  private void rebuild() {
    Arrays.fill(slots, null);
    lanes = 0;
    for (Tap tap : taps()) {
      tap.lanes().forEach(this::insert);
      lanes += tap.lanes().size();
    }
    last = overflow;
  }

  private static int slot(long high, long low, int port, int vni) {
    long hash = (high * 31 + low) * 0x9E37_79B9_7F4A_7C15L + ((long) vni << 16 | port);
    hash = (hash ^ (hash >>> 29)) * 0xBF58_476D_1CE4_E5B9L;
    return (int) (hash >>> 40) & (SLOTS - 1);
  }

  /** Returns the taps and strangers that are kept apart, by index. */
  public List<Tap> taps() {
    List<Tap> present = new ArrayList<>();
    for (Tap tap : taps) {
      if (tap != null) {
        present.add(tap);
      }
    }
    return present;
  }

  /** Returns the name of a tap by its index, or {@code other}. */
  public String name(int index) {
    Tap tap = index < TAPS_MAX ? taps[index] : null;
    return tap == null ? "other" : tap.name();
  }

  /** Returns every lane that is kept apart. */
  public List<Lane> lanes() {
    return taps().stream().flatMap(tap -> tap.lanes().stream()).toList();
  }

  /** Returns the lane that senders beyond the limit share. */
  public Lane overflow() {
    return overflow;
  }

  /** Returns taps and strangers forgotten so far. */
  public long forgotten() {
    return forgotten;
  }
}
