/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.defragment;

import io.podtap.core.packet.Bytes;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.Ipv4;
import io.podtap.core.packet.Ipv6;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts fragments of IPv4 and IPv6 together.
 *
 * <p>At most {@link #DATAGRAMS_MAX} are in the making, each for {@link #TIMEOUT_NS}; the oldest
 * makes room. Overlapping bytes: the first copy stays. Fragments may have been cut at their ends:
 * the datagram is whole by their lengths, and shows what is there before the first cut. Packets
 * that are not fragments never come here. One thread; {@link #close} gives the memory back.
 */
public final class Defragmenter implements AutoCloseable {

  /** Datagrams in the making at most; each holds 64 KiB once it was needed. */
  public static final int DATAGRAMS_MAX = 256;

  /** How long the fragments of one datagram may take, by packet time. */
  public static final long TIMEOUT_NS = 60_000_000_000L;

  /** Packets shorter than this that hold a fragment, not the last one, are odd (as for Zeek). */
  private static final int FRAGMENT_LENGTH_ODD = 64;

  /** Who sends what to whom; addresses may be used again in another VLAN. */
  private record Key(
      int scope,
      int vlans,
      int version,
      long sourceHigh,
      long sourceLow,
      long targetHigh,
      long targetLow,
      long id) {}

  /** Told of oddities of a fragment whose addresses are known. */
  public interface WeirdHandler {

    /** Hears of one; {@code headers} stand in {@code segment}. */
    void onWeird(FragmentWeird weird, MemorySegment segment, Headers headers);
  }

  private final Arena arena = Arena.ofShared();
  private final WeirdHandler handler;
  private final Map<Key, Datagram> making = new LinkedHashMap<>();
  private final ArrayDeque<Datagram> spare = new ArrayDeque<>();
  private final Map<FragmentWeird, Long> weirds = new EnumMap<>(FragmentWeird.class);
  private int made;
  private @Nullable Datagram whole;

  /** Makes one that tells nobody. */
  public Defragmenter() {
    this((weird, segment, headers) -> {});
  }

  /**
   * @param handler told of oddities as they are met
   */
  public Defragmenter(WeirdHandler handler) {
    this.handler = handler;
  }

  /**
   * Takes one fragment.
   *
   * @param segment may be {@link #segment()} itself: a datagram that was put together may carry
   *     fragments of another one
   * @param headers as located in {@code segment}; {@code headers.isFragment()} holds
   * @param scope who captured it: fragments of one tap never complete those of another
   * @return whether the datagram is now whole: {@link #segment}, {@link #offset}, {@link #length}
   *     until the next call
   */
  public boolean offer(MemorySegment segment, Headers headers, int scope, long nowNs) {
    Datagram last = whole;
    whole = null;
    if (last == null || !segment.equals(last.memory())) {
      recycle(last);
      return take(segment, headers, scope, nowNs);
    }
    boolean isWhole = take(segment, headers, scope, nowNs); // reads from the last one
    recycle(last);
    return isWhole;
  }

  private void recycle(@Nullable Datagram datagram) {
    if (datagram != null) {
      spare.add(datagram);
    }
  }

  private boolean take(MemorySegment segment, Headers headers, int scope, long nowNs) {
    expire(nowNs);
    long from = headers.transportOffset();
    long end = headers.ipEnd();
    if (from < 0 || from > headers.captureEnd() || end <= from) {
      note(FragmentWeird.TRUNCATED_FRAGMENT, segment, headers);
      return false;
    }
    int length = (int) Math.min(end - from, Integer.MAX_VALUE);
    if (headers.hasMoreFragments()) {
      length &= ~7; // RFC 791: all but the last carry a multiple of eight bytes
      if (end - headers.ipOffset() < FRAGMENT_LENGTH_ODD) {
        note(FragmentWeird.EXCESSIVELY_SMALL_FRAGMENT, segment, headers);
      }
      if (length == 0) {
        return false;
      }
    }
    Key key = key(segment, headers, scope);
    Datagram datagram = making.get(key);
    if (datagram == null) {
      datagram = begin(protocol(segment, headers), headerLength(headers), nowNs);
      making.put(key, datagram);
    }
    return add(segment, headers, key, datagram, length);
  }

  private boolean add(
      MemorySegment segment, Headers headers, Key key, Datagram datagram, int length) {
    if (headers.ipVersion() == 4
        && (Ipv4.fragmentWord(segment, headers.ipOffset()) & Ipv4.FLAG_DONT_FRAGMENT) != 0) {
      note(FragmentWeird.FRAGMENT_WITH_DF, segment, headers);
    }
    if (!datagram.isLike(protocol(segment, headers), headerLength(headers))) {
      note(FragmentWeird.FRAGMENT_PROTOCOL_INCONSISTENCY, segment, headers);
    }
    int found =
        datagram.add(
            segment,
            headers.transportOffset(),
            headers.fragmentOffset(),
            length,
            (int) Math.min(headers.captureEnd() - headers.transportOffset(), length),
            !headers.hasMoreFragments());
    for (FragmentWeird weird : FragmentWeird.all()) {
      if ((found & 1 << weird.ordinal()) != 0) {
        note(weird, segment, headers);
      }
    }
    if (headers.fragmentOffset() == 0) {
      datagram.header(segment, headers);
    }
    if (!datagram.isWhole()) {
      return false;
    }
    making.remove(key);
    if (!datagram.finish()) {
      note(FragmentWeird.TOO_LONG, segment, headers);
      spare.add(datagram);
      return false;
    }
    whole = datagram;
    return true;
  }

  /** Returns what the fragment says is inside, which of IPv6 stands in its own header. */
  private static int protocol(MemorySegment segment, Headers headers) {
    return headers.ipVersion() == 4
        ? headers.protocol()
        : Bytes.u8(segment, headers.fragmentHeaderOffset());
  }

  /** Returns bytes of headers that every fragment has before its own. */
  private static int headerLength(Headers headers) {
    return headers.ipVersion() == 4
        ? headers.ipHeaderLength()
        : (int) (headers.fragmentHeaderOffset() - headers.ipOffset());
  }

  private static Key key(MemorySegment segment, Headers headers, int scope) {
    long ip = headers.ipOffset();
    int vlans = headers.vlanId() << 12 | headers.innerVlanId();
    if (headers.ipVersion() == 4) {
      int id = Ipv4.identification(segment, ip);
      return new Key(
          scope, vlans, 4, 0, Ipv4.source(segment, ip), 0, Ipv4.destination(segment, ip), id);
    }
    long source = Ipv6.sourceOffset(ip);
    long target = Ipv6.destinationOffset(ip);
    return new Key(
        scope,
        vlans,
        6,
        Bytes.i64(segment, source),
        Bytes.i64(segment, source + 8),
        Bytes.i64(segment, target),
        Bytes.i64(segment, target + 8),
        Bytes.u32(segment, headers.fragmentHeaderOffset() + 4));
  }

  private Datagram begin(int protocol, int headerLength, long nowNs) {
    if (making.size() == DATAGRAMS_MAX) {
      Iterator<Datagram> oldest = making.values().iterator();
      spare.add(oldest.next());
      oldest.remove();
      count(FragmentWeird.FRAGMENTS_EVICTED);
    }
    Datagram datagram = spare.poll();
    if (datagram == null) {
      datagram = new Datagram(arena);
      made++;
    }
    datagram.reset(protocol, headerLength, nowNs);
    return datagram;
  }

  private void expire(long nowNs) {
    Iterator<Datagram> oldest = making.values().iterator();
    while (oldest.hasNext()) {
      Datagram datagram = oldest.next();
      if (nowNs - datagram.firstSeenNs() < TIMEOUT_NS) {
        return;
      }
      oldest.remove();
      spare.add(datagram);
      count(FragmentWeird.FRAGMENTS_TIMED_OUT);
    }
  }

  private void note(FragmentWeird weird, MemorySegment segment, Headers headers) {
    count(weird);
    handler.onWeird(weird, segment, headers);
  }

  private void count(FragmentWeird weird) {
    weirds.merge(weird, 1L, Long::sum);
  }

  private Datagram whole() {
    if (whole == null) {
      throw new IllegalStateException("no whole datagram: the last offer said so");
    }
    return whole;
  }

  /**
   * Returns the memory of the whole datagram, which begins with its IP header at {@link #offset}.
   */
  public MemorySegment segment() {
    return whole().memory();
  }

  /** Returns where the whole datagram begins. */
  public long offset() {
    return whole().offset();
  }

  /**
   * Returns bytes of the whole datagram, header included, up to the first that was cut off a
   * fragment: less than its header says then.
   */
  public int length() {
    return whole().captured();
  }

  /** Returns how many fragments made the whole datagram. */
  public int fragments() {
    return whole().fragments();
  }

  /** Returns how often each oddity was seen. */
  public Map<FragmentWeird, Long> weirds() {
    return Map.copyOf(weirds);
  }

  /** Returns datagrams in the making. */
  public int making() {
    return making.size();
  }

  /** Returns buffers ever made; at most {@link #DATAGRAMS_MAX} and one. */
  int buffers() {
    return made;
  }

  @Override
  public void close() {
    making.clear();
    spare.clear();
    whole = null;
    arena.close();
  }
}
