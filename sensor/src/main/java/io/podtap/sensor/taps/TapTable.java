package io.podtap.sensor.taps;

import io.podtap.core.report.TapReport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds the lane of a datagram by its outer source, without allocation for a lane already seen.
 *
 * <p>Bounded: senders beyond the limit share one lane of their own, so nothing they send is lost
 * uncounted. Who is silent for {@link #SILENCE_NS_MAX} is forgotten; when the table is full, who
 * has been silent longest makes room, after {@link #SILENCE_NS_FULL}. What was counted of them
 * stays in {@link #forgotten}. One thread, {@link #name} apart.
 */
public final class TapTable {

  /** Taps that a table keeps apart. */
  public static final int TAPS_MAX = 4_096;

  /** A sender is forgotten when it was not heard for so long. */
  public static final long SILENCE_NS_MAX = TimeUnit.HOURS.toNanos(1);

  /** While the table is full, so long is enough: six reports of a tap that has nothing to send. */
  public static final long SILENCE_NS_FULL = TimeUnit.MINUTES.toNanos(1);

  /** The wall clock does not advance by so much between two calls of {@link #expire}. */
  private static final long STEP_NS = TimeUnit.SECONDS.toNanos(30);

  private static final int SLOTS = 1 << 15;
  private static final int LANES_MAX = SLOTS / 2;

  /** Part of a full table that is freed at once, so that the work is seldom done. */
  private static final int ROOM = TAPS_MAX / 16;

  private final KnownTaps known;
  private final @Nullable Lane[] slots = new Lane[SLOTS];
  private final List<Tap> taps = new ArrayList<>();

  /** The same taps, for threads that ask for names. */
  private volatile List<Tap> named = List.of();

  private final List<Lane> lanes = new ArrayList<>();
  private final Lane overflow =
      new Lane(0, 0, 0, -1, new Tap(Integer.MAX_VALUE, 0, 0, -1, "", Tap.Trust.NOTHING));
  private Lane last = overflow;
  private int nextIndex;
  private TapSummary forgotten =
      new TapSummary(overflow.tap(), overflow.tap().report(), 0, 0, 0, 0, 0, 0);
  private long forgottenCount;
  private long expiredNs;

  /** Makes an empty table. */
  public TapTable(KnownTaps known) {
    this.known = known;
  }

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

  /**
   * Returns the lane of a tap whose stream of packets came over TLS. Such a tap has proved who it
   * is, so it is known whatever the list says.
   *
   * @param id the tap's own, by which connections that follow on one another count as one; empty
   *     when it does not say
   */
  public Lane stream(long addressHigh, long addressLow, String id) {
    Lane lane = lane(addressHigh, addressLow, id.hashCode(), Tap.STREAM);
    if (lane != overflow && !lane.tap.id().equals(id)) { // new, so of the address' first tap
      claim(lane, id);
    }
    return lane;
  }

  /**
   * Hands a report to the lane that it came on. What another tap has sent from there before stays
   * with that one.
   *
   * @return what became of it; only a report that is taken changes anything
   */
  public ReportFate onReport(Lane lane, TapReport report, long nowNs) {
    String id = report.value(TapReport.TAP_ID);
    if (id.isEmpty() || id.equals(lane.tap.id())) {
      return lane.onReport(report, nowNs);
    }
    if (!lane.isReported()) {
      return claim(lane, id) ? lane.onReport(report, nowNs) : ReportFate.BAD;
    }
    Lane next = succeed(lane, id);
    return next == null ? ReportFate.BAD : next.onReport(report, nowNs);
  }

  /** Gives a lane to the tap of that id; what it has counted goes along. */
  private boolean claim(Lane lane, String id) {
    Tap tap = find(lane, id);
    if (tap == null && lane.tap.id().isEmpty()) {
      tap = lane.tap;
      tap.id(id);
    } else if (tap == null) {
      tap = make(lane.addressHigh, lane.addressLow, lane.vni, id);
    }
    if (tap == null) {
      return false;
    }
    lane.tap = tap;
    return true;
  }

  private @Nullable Tap find(Lane lane, String id) {
    for (Tap tap : taps) {
      if (tap.matches(lane.addressHigh, lane.addressLow, lane.vni) && tap.id().equals(id)) {
        return tap;
      }
    }
    return null;
  }

  /** Puts the lane of another tap into the place of this one; one that was there before, if any. */
  private @Nullable Lane succeed(Lane lane, String id) {
    Lane next = null;
    for (Lane one : lanes) {
      if (one.former
          && one.matches(lane.addressHigh, lane.addressLow, lane.port, lane.vni)
          && one.tap.id().equals(id)) {
        next = one;
      }
    }
    if (next == null) {
      next = new Lane(lane.addressHigh, lane.addressLow, lane.port, lane.vni, lane.tap);
      if (lanes.size() == LANES_MAX || !claim(next, id)) {
        return null;
      }
      lanes.add(next);
    }
    lane.former = true;
    next.former = false;
    rebuild();
    return next;
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
    return make(addressHigh, addressLow, vni, "");
  }

  private @Nullable Tap make(long addressHigh, long addressLow, int vni, String id) {
    if (taps.size() == TAPS_MAX) {
      return null;
    }
    Tap tap =
        new Tap(
            nextIndex++,
            addressHigh,
            addressLow,
            vni,
            id,
            vni == Tap.STREAM ? Tap.Trust.LISTED : trust(addressHigh, addressLow));
    taps.add(tap);
    named = List.copyOf(taps);
    return tap;
  }

  private Tap.Trust trust(long addressHigh, long addressLow) {
    if (known.listed().isEmpty()) {
      return Tap.Trust.REPORT;
    }
    return known.isListed(addressHigh, addressLow) ? Tap.Trust.LISTED : Tap.Trust.NOTHING;
  }

  private static int slot(long high, long low, int port, int vni) {
    long hash = (high * 31 + low) * 0x9E37_79B9_7F4A_7C15L + ((long) vni << 16 | port);
    hash = (hash ^ (hash >>> 29)) * 0xBF58_476D_1CE4_E5B9L;
    return (int) (hash >>> 40) & (SLOTS - 1);
  }

  /**
   * Forgets who was silent for too long, and makes room in a full table. To be called every second;
   * where more time has passed by the wall clock, the clock was set or this machine slept, and
   * nobody was silent for that long.
   *
   * @return the last word on each of them
   */
  public List<TapSummary> expire(long nowNs) {
    boolean isStep = expiredNs != 0 && Math.abs(nowNs - expiredNs) > STEP_NS;
    expiredNs = nowNs;
    if (isStep) {
      taps.forEach(tap -> tap.onSeen(nowNs));
      return List.of();
    }
    Set<Tap> leaving = leaving(nowNs);
    if (leaving.isEmpty()) {
      return List.of();
    }
    List<TapSummary> summaries =
        TapSummary.of(this).stream().filter(summary -> leaving.contains(summary.tap())).toList();
    for (TapSummary summary : summaries) {
      forgotten = forgotten.plus(summary);
    }
    forgottenCount += leaving.size();
    taps.removeAll(leaving);
    named = List.copyOf(taps);
    lanes.removeIf(lane -> leaving.contains(lane.tap()));
    rebuild();
    return summaries;
  }

  private Set<Tap> leaving(long nowNs) {
    Set<Tap> leaving = new HashSet<>();
    for (Tap tap : taps) {
      if (nowNs - tap.lastSeenNs() >= SILENCE_NS_MAX) {
        leaving.add(tap);
      }
    }
    boolean full = taps.size() == TAPS_MAX || lanes.size() == LANES_MAX;
    if (full && leaving.size() < ROOM) {
      taps.stream()
          .filter(tap -> nowNs - tap.lastSeenNs() >= SILENCE_NS_FULL)
          .sorted(Comparator.comparingLong(Tap::lastSeenNs))
          .limit(ROOM)
          .forEach(leaving::add);
    }
    return leaving;
  }

  private void rebuild() {
    Arrays.fill(slots, null);
    last = overflow;
    for (Lane lane : lanes) {
      if (lane.former) {
        continue;
      }
      int slot = slot(lane.addressHigh, lane.addressLow, lane.port, lane.vni);
      while (slots[slot] != null) {
        slot = (slot + 1) & (SLOTS - 1);
      }
      slots[slot] = lane;
    }
  }

  /**
   * Returns the name of the tap with this index; {@code other} when it is none or forgotten. Any
   * thread.
   */
  public String name(int index) {
    List<Tap> taps = named;
    int low = 0;
    int high = taps.size() - 1;
    while (low <= high) { // indexes only grow
      int middle = (low + high) >>> 1;
      Tap tap = taps.get(middle);
      if (tap.index() == index) {
        return tap.name();
      }
      if (tap.index() < index) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return "other";
  }

  /** Returns the taps and strangers under watch, in the order in which they were first heard. */
  public List<Tap> taps() {
    return Collections.unmodifiableList(taps);
  }

  /** Returns every lane under watch. */
  public List<Lane> lanes() {
    return Collections.unmodifiableList(lanes);
  }

  /** Returns the lane that senders beyond the limit share. */
  public Lane overflow() {
    return overflow;
  }

  /** Returns the sums of all that was forgotten. */
  public TapSummary forgotten() {
    return forgotten;
  }

  /** Returns how many taps and strangers were forgotten. */
  public long forgottenCount() {
    return forgottenCount;
  }
}
