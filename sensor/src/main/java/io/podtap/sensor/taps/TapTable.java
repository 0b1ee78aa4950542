/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.taps;

import io.podtap.core.report.TapReport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the lane of a datagram by its outer source, without allocation for a lane already seen.
 *
 * <p>Bounded: senders beyond the limit share one lane of their own, so nothing they send is lost
 * uncounted. With a list of known taps all senders that are not on it share a lane as well, and
 * take no place; one address has {@link #TAPS_PER_ADDRESS_MAX} places at most. Who is silent for
 * {@link #SILENCE_NS_MAX} is forgotten; when the table is full, who has been silent longest makes
 * room, after {@link #SILENCE_NS_FULL}. What was counted of them stays in {@link #forgotten}.
 *
 * <p>What is looked up is indexed: a datagram and a report cost the same in an empty table and in a
 * full one. One thread, {@link #name} apart.
 */
public final class TapTable {

  /** Senders that are neither listed nor have proved who they are, kept apart. */
  public static final int UNPROVEN_MAX = 4_096;

  /** Senders of datagrams, listed or not: source addresses are easily forged. */
  public static final int DATAGRAMS_MAX = UNPROVEN_MAX + 512;

  /** Taps that a table keeps apart: the rest is for those that have proved who they are by TLS. */
  public static final int TAPS_MAX = DATAGRAMS_MAX + 512;

  /**
   * Taps, so pairs of VNI and id, of one address: a node's own network has as many pods. Those that
   * send datagrams and those that use TLS count apart.
   */
  public static final int TAPS_PER_ADDRESS_MAX = 512;

  /** Lanes of one tap: a tap has one, or as many as cores. */
  public static final int LANES_PER_TAP_MAX = 256;

  /** A sender is forgotten when it was not heard for so long. */
  public static final long SILENCE_NS_MAX = TimeUnit.HOURS.toNanos(1);

  /** While the table is full, so long is enough: six reports of a tap that has nothing to send. */
  public static final long SILENCE_NS_FULL = TimeUnit.MINUTES.toNanos(1);

  /** The wall clock does not advance by so much between two calls of {@link #expire}. */
  private static final long STEP_NS = TimeUnit.SECONDS.toNanos(30);

  private static final int LANES_MAX = 1 << 14;

  /** Of those, for taps that are listed or proven. */
  private static final int LANES_RESERVED = 1 << 11;

  /** Of those again, for proven ones. */
  private static final int LANES_OF_STREAMS = 1 << 10;

  /** Part of a full table that is freed at once, so that the work is seldom done. */
  private static final int ROOM = TAPS_MAX / 16;

  private final KnownTaps known;
  private final LaneIndex index = new LaneIndex(LANES_MAX);

  /** In the order in which they were first heard, which is that of their indexes. */
  private final List<KnownTap> taps = new ArrayList<>();

  /** The same by address, VNI and id. */
  private final Map<TapKey, KnownTap> byKey = new HashMap<>();

  /** Those that became others: their indexes are still in frames and flows. */
  private final List<KnownTap> renamed = new ArrayList<>();

  /** The first of each address and VNI. */
  private final Map<TapKey, KnownTap> firstOf = new HashMap<>();

  private final Map<Address, Integer> byAddress = new HashMap<>();

  /** Lanes whose port another tap has taken over. */
  private final Map<FormerKey, ReceivedLane> former = new HashMap<>();

  /** The same taps, for threads that ask for names. */
  private volatile NamedTaps named = NamedTaps.of(List.of());

  private int unproven;
  private int streams;

  private final List<ReceivedLane> lanes = new ArrayList<>();
  private final ReceivedLane overflow =
      new ReceivedLane(
          0, 0, 0, -1, new KnownTap(Integer.MAX_VALUE, 0, 0, -1, "", KnownTap.Trust.NOTHING));
  private ReceivedLane last = overflow;
  private int nextIndex;
  private TapSummary forgotten =
      new TapSummary(overflow.tap(), overflow.tap().report(), 0, 0, 0, 0, 0, 0);
  private long forgottenCount;
  private long expiredNs;

  private record Address(long high, long low, boolean isStream) {

    static Address of(KnownTap tap) {
      return new Address(tap.addressHigh(), tap.addressLow(), tap.vni() == KnownTap.STREAM);
    }
  }

  /** A tap, or without an id an address and VNI; has an order for hashes that were made equal. */
  private record TapKey(long high, long low, int vni, String id) implements Comparable<TapKey> {

    private static final Comparator<TapKey> ORDER =
        Comparator.comparing(TapKey::id)
            .thenComparingInt(TapKey::vni)
            .thenComparingLong(TapKey::low)
            .thenComparingLong(TapKey::high);

    @Override
    public int compareTo(TapKey other) {
      return ORDER.compare(this, other);
    }
  }

  private record FormerKey(TapKey tap, int port) implements Comparable<FormerKey> {

    @Override
    public int compareTo(FormerKey other) {
      int order = Integer.compare(port, other.port);
      return order != 0 ? order : tap.compareTo(other.tap);
    }
  }

  /** Makes an empty table. */
  public TapTable(KnownTaps known) {
    this.known = known;
  }

  /**
   * Returns the lane of a datagram; a new one the first time. Datagrams come in runs, so the last
   * one is tried first.
   */
  public ReceivedLane lane(long addressHigh, long addressLow, int port, int vni) {
    if (last.matches(addressHigh, addressLow, port, vni)) {
      return last;
    }
    ReceivedLane found = index.find(addressHigh, addressLow, port, vni);
    if (found == null) {
      return add(addressHigh, addressLow, port, vni);
    }
    last = found;
    return found;
  }

  /**
   * Returns the lane of a tap whose stream of packets came over TLS. Such a tap has proved who it
   * is, so it is known whatever the list says.
   *
   * @param id the tap's own, by which connections that follow on one another count as one; empty
   *     when it does not say
   * @param nowNs when it spoke: a tap is heard from its first word on
   */
  public ReceivedLane stream(long addressHigh, long addressLow, String id, long nowNs) {
    KnownTap tap = byKey.get(new TapKey(addressHigh, addressLow, KnownTap.STREAM, id));
    if (tap == null) {
      tap = make(addressHigh, addressLow, KnownTap.STREAM, id);
    }
    if (tap == null) {
      return overflow;
    }
    ReceivedLane lane = tap.stream;
    if (lane == null) {
      if (lanes.size() >= LANES_MAX) {
        return overflow;
      }
      lane = new ReceivedLane(addressHigh, addressLow, 0, KnownTap.STREAM, tap);
      tap.addLane();
      tap.stream = lane;
      lanes.add(lane);
    }
    tap.onSeen(nowNs);
    return lane;
  }

  /**
   * Returns whether a lane is still in the table; one that is not counts for nobody. Constant time.
   */
  public boolean isCurrent(ReceivedLane lane) {
    return lane == overflow || !lane.forgotten;
  }

  /**
   * Hands a report to the lane that it came on. What another tap has sent from there before stays
   * with that one.
   *
   * @return what became of it; only a report that is taken changes anything
   */
  public ReportFate onReport(ReceivedLane lane, TapReport report, long nowNs) {
    String id = report.value(TapReport.TAP_ID);
    if (id.isEmpty() || id.equals(lane.tap.id())) {
      return lane.onReport(report, nowNs);
    }
    if (id.length() > KnownTap.ID_LENGTH_MAX) {
      return ReportFate.BAD;
    }
    if (!lane.isReported()) {
      return claim(lane, id) ? lane.onReport(report, nowNs) : ReportFate.BAD;
    }
    ReceivedLane next = succeed(lane, id);
    return next == null ? ReportFate.BAD : next.onReport(report, nowNs);
  }

  /**
   * Gives a lane to the tap of that id; what it has counted goes along. A sender without an id
   * takes the id only when it has had no other lane: those may be another tap's.
   */
  private boolean claim(ReceivedLane lane, String id) {
    KnownTap before = lane.tap;
    KnownTap tap = byKey.get(new TapKey(lane.addressHigh, lane.addressLow, lane.vni, id));
    if (tap == null && before.hasOneLaneAndNoId()) {
      byKey.remove(key(before));
      before.id(id);
      byKey.put(key(before), before);
      return true;
    }
    if (tap == null) {
      tap = make(lane.addressHigh, lane.addressLow, lane.vni, id);
    }
    if (tap == null || tap.lanes() >= LANES_PER_TAP_MAX) {
      return false;
    }
    tap.addLane();
    lane.tap = tap;
    if (before.removeLane(tap)) {
      rename(before, tap);
    }
    return true;
  }

  /** Takes a sender out of which all lanes were taps': its index is theirs, if it is one tap. */
  private void rename(KnownTap sender, KnownTap lastHeir) {
    renamed.add(sender);
    taps.remove(taps.lastIndexOf(sender));
    byKey.remove(key(sender));
    firstOf.replace(key(sender), sender, lastHeir);
    byAddress.merge(Address.of(sender), -1, Integer::sum);
    unproven -= sender.isUnproven() ? 1 : 0;
  }

  private static TapKey key(KnownTap tap) {
    return new TapKey(tap.addressHigh(), tap.addressLow(), tap.vni(), tap.id());
  }

  private static FormerKey formerKey(ReceivedLane lane, String id) {
    return new FormerKey(new TapKey(lane.addressHigh, lane.addressLow, lane.vni, id), lane.port);
  }

  /** Puts the lane of another tap into the place of this one; one that was there before, if any. */
  private @Nullable ReceivedLane succeed(ReceivedLane lane, String id) {
    ReceivedLane next = former.remove(formerKey(lane, id));
    if (next == null) {
      if (!hasLane(lane.tap)) {
        return null;
      }
      next = new ReceivedLane(lane.addressHigh, lane.addressLow, lane.port, lane.vni, lane.tap);
      lane.tap.addLane();
      if (!claim(next, id)) {
        lane.tap.dropLane();
        return null;
      }
      lanes.add(next);
    }
    former.put(formerKey(lane, lane.tap.id()), lane);
    index.replace(lane, next);
    last = overflow;
    return next;
  }

  private ReceivedLane add(long addressHigh, long addressLow, int port, int vni) {
    if (trust(addressHigh, addressLow) == KnownTap.Trust.NOTHING) {
      return overflow;
    }
    KnownTap tap = tap(addressHigh, addressLow, vni);
    if (tap == null || !hasLane(tap)) {
      return overflow;
    }
    ReceivedLane lane = new ReceivedLane(addressHigh, addressLow, port, vni, tap);
    tap.addLane();
    index.add(lane);
    lanes.add(lane);
    last = lane;
    return lane;
  }

  private boolean hasLane(KnownTap tap) {
    int places = LANES_MAX - (tap.isUnproven() ? LANES_RESERVED : LANES_OF_STREAMS);
    return lanes.size() < places && tap.lanes() < LANES_PER_TAP_MAX;
  }

  /** Returns the sender that has said no id: which of an address's taps has a port is not known. */
  private @Nullable KnownTap tap(long addressHigh, long addressLow, int vni) {
    TapKey key = new TapKey(addressHigh, addressLow, vni, "");
    KnownTap sender = byKey.get(key);
    if (sender != null) {
      return sender;
    }
    KnownTap first = firstOf.get(key);
    KnownTap made = make(addressHigh, addressLow, vni, "");
    if (made != null) {
      made.beside(first);
    }
    return made;
  }

  /** Returns a new tap, or null when there is no place, or none for such a one. */
  private @Nullable KnownTap make(long addressHigh, long addressLow, int vni, String id) {
    boolean isStream = vni == KnownTap.STREAM;
    KnownTap.Trust trust = isStream ? KnownTap.Trust.LISTED : trust(addressHigh, addressLow);
    Address address = new Address(addressHigh, addressLow, isStream);
    if (trust == KnownTap.Trust.NOTHING
        || taps.size() == TAPS_MAX
        || (!isStream && taps.size() - streams == DATAGRAMS_MAX)
        || (trust == KnownTap.Trust.REPORT && unproven == UNPROVEN_MAX)
        || byAddress.getOrDefault(address, 0) >= TAPS_PER_ADDRESS_MAX) {
      return null;
    }
    KnownTap tap = new KnownTap(nextIndex++, addressHigh, addressLow, vni, id, trust);
    taps.add(tap);
    byKey.put(key(tap), tap);
    firstOf.putIfAbsent(new TapKey(addressHigh, addressLow, vni, ""), tap);
    byAddress.merge(address, 1, Integer::sum);
    unproven += tap.isUnproven() ? 1 : 0;
    streams += isStream ? 1 : 0;
    named = named.plus(tap);
    return tap;
  }

  private KnownTap.Trust trust(long addressHigh, long addressLow) {
    if (known.listed().isEmpty()) {
      return KnownTap.Trust.REPORT;
    }
    return known.isListed(addressHigh, addressLow) ? KnownTap.Trust.LISTED : KnownTap.Trust.NOTHING;
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
    Set<KnownTap> leaving = leaving(nowNs);
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
    renamed.removeIf(tap -> tap.isGone(leaving, nowNs - SILENCE_NS_MAX));
    named = NamedTaps.of(Stream.concat(taps.stream(), renamed.stream()).toList());
    former.values().removeIf(lane -> leaving.contains(lane.tap));
    lanes.removeIf(lane -> {
      lane.forgotten = leaving.contains(lane.tap);
      return lane.forgotten;
    });
    rebuild();
    return summaries;
  }

  private Set<KnownTap> leaving(long nowNs) {
    Set<KnownTap> leaving = new HashSet<>();
    for (KnownTap tap : taps) {
      if (nowNs - tap.lastSeenNs() >= SILENCE_NS_MAX) {
        leaving.add(tap);
      }
    }
    boolean full =
        taps.size() == TAPS_MAX
            || unproven == UNPROVEN_MAX
            || taps.size() - streams == DATAGRAMS_MAX
            || lanes.size() >= LANES_MAX - LANES_RESERVED;
    if (full && leaving.size() < ROOM) {
      taps.stream()
          .filter(tap -> nowNs - tap.lastSeenNs() >= SILENCE_NS_FULL)
          .sorted(Comparator.comparingLong(KnownTap::lastSeenNs))
          .limit(ROOM)
          .forEach(leaving::add);
    }
    return leaving;
  }

  /** Once some were forgotten. */
  private void rebuild() {
    index.clear();
    last = overflow;
    Set<ReceivedLane> replaced = Collections.newSetFromMap(new java.util.IdentityHashMap<>());
    replaced.addAll(former.values());
    for (ReceivedLane lane : lanes) {
      if (lane.vni != KnownTap.STREAM && !replaced.contains(lane)) {
        index.add(lane);
      }
    }
    byKey.clear();
    firstOf.clear();
    byAddress.clear();
    unproven = 0;
    streams = 0;
    for (KnownTap tap : taps) {
      byKey.put(key(tap), tap);
      firstOf.putIfAbsent(new TapKey(tap.addressHigh(), tap.addressLow(), tap.vni(), ""), tap);
      byAddress.merge(Address.of(tap), 1, Integer::sum);
      unproven += tap.isUnproven() ? 1 : 0;
      streams += tap.vni() == KnownTap.STREAM ? 1 : 0;
    }
  }

  /**
   * Returns the name of the tap with this index; {@code other} when it is none or forgotten. Any
   * thread.
   */
  public String name(int index) {
    KnownTap tap = tap(index);
    return tap == null ? "other" : tap.name();
  }

  /** Returns the tap with this index, or null when it is none or forgotten. Any thread. */
  public @Nullable KnownTap tap(int index) {
    return named.find(index);
  }

  /** Returns the taps and unknown senders under watch, in the order in which they were heard. */
  public List<KnownTap> taps() {
    return Collections.unmodifiableList(taps);
  }

  /** Returns every lane under watch. */
  public List<ReceivedLane> lanes() {
    return Collections.unmodifiableList(lanes);
  }

  /** Returns the lane that senders without a place share. */
  public ReceivedLane overflow() {
    return overflow;
  }

  /** Returns the sums of all that was forgotten. */
  public TapSummary forgotten() {
    return forgotten;
  }

  /** Returns how many taps and unknown senders were forgotten. */
  public long forgottenCount() {
    return forgottenCount;
  }
}
