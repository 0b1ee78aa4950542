/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.merge;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.Headers;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Merges what several taps deliver of the same packets.
 *
 * <p>A packet is held for {@link #HOLD_NS} after its first copy came; copies are told by content
 * ({@link PacketIdentity}) and by who delivers them: a tap that delivers the same bytes twice has
 * seen two packets. Of each packet the copy that came first is handed on, or the first that was not
 * cut. The order is that of each tap, of what the packets say themselves, and of capture times, in
 * this rank.
 *
 * <p>Frames of hosts that one tap alone sees are not held. Which those are is known after {@link
 * #PROBATION_PACKETS} packets; a tap that begins to see them later is noticed by its first. While a
 * sensor has heard one tap alone nothing is held at all, its first two seconds apart. What is held
 * is bounded in bytes; beyond, the oldest is handed on before its time. No allocation for a packet
 * once the tables have grown. One thread.
 */
public final class TapMerge implements AutoCloseable {

  /** Copies of a packet come within this time. */
  static final long HOLD_NS = TimeUnit.MILLISECONDS.toNanos(200);

  /** How long it is known afterwards which packets were handed on. */
  static final long MEMORY_NS = TimeUnit.SECONDS.toNanos(2);

  /** Packets that look the same and lie further apart were sent twice, unless a tap is late. */
  static final long COPY_NS = TimeUnit.MILLISECONDS.toNanos(400);

  static final int PROBATION_PACKETS = 16;
  static final long PROBATION_NS = TimeUnit.MILLISECONDS.toNanos(250);

  /** What one tap has delivered for so long is looked at anew: another may see it now, or none. */
  static final long FORGET_NS = TimeUnit.MINUTES.toNanos(10);

  /** A tap that has been alone for so long is: until another one is heard nothing is held. */
  private static final long ALONE_NS = TimeUnit.SECONDS.toNanos(2);

  /** While a tap begins to see what another one sees, what was handed on may come again. */
  private static final long JOIN_NS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Packets held and remembered at most, and the heap that each takes. */
  private static final int PACKETS_MAX = 1 << 17;

  private static final int PACKET_BYTES = 208;

  /** Packets that a packet is compared with: a flood of the same packet costs no more. */
  private static final int COMPARED_MAX = 256;

  /** Stands for no tap. */
  public static final int NO_TAP = -1;

  private final MergeHandler handler;
  private final HeldBytes bytes;
  private final PairTable pairs;
  private final PassedPackets passed = new PassedPackets();
  private final PacketTable table;
  private final DirectionTable directions;
  private final int packetsMax;
  private final TapDelays delays = new TapDelays();
  private final PacketIdentity facts = new PacketIdentity();
  private final Frame frame = new Frame();
  private final int[] others = new int[Pair.TAPS_MAX];
  private final PacketList held = new PacketList();
  private final PacketList remembered = new PacketList();
  private @Nullable HeldPacket free;
  private int made;
  private int firstTap = NO_TAP;
  private long firstNs;
  private boolean several;
  private long joinNs;
  private long nowNs;
  private long duplicates;
  private long sole;
  private long early;
  private long joining;
  private long compared;

  /**
   * @param bytesMax memory for frames, outside the heap, taken as it is needed
   * @param heapBytesMax what the tables may take of the heap: half of it for packets that are held
   *     or remembered, five sixteenths for pairs of hosts, the rest for connections
   * @param seed makes places in the tables unforeseeable to whoever sends packets
   */
  public TapMerge(long bytesMax, long heapBytesMax, long seed, MergeHandler handler) {
    this.handler = handler;
    this.bytes = new HeldBytes(bytesMax);
    packetsMax = Math.clamp(heapBytesMax / 2 / PACKET_BYTES, 256, PACKETS_MAX);
    this.pairs = new PairTable(seed, heapBytesMax / 16 * 5);
    this.directions = new DirectionTable(heapBytesMax / 16 * 3);
    this.table = new PacketTable(seed);
  }

  /**
   * Takes a frame, unless it may be handed on at once. Others may be handed on meanwhile.
   *
   * @param source its interface says which tap has delivered it
   * @param headers as located in it
   * @return whether it was taken: it is held, or a copy of another; false leaves it to the caller
   */
  public boolean take(Frame source, Headers headers) {
    if (headers.ipVersion() == 0) {
      return false;
    }
    int tap = source.interfaceIndex();
    nowNs = Math.max(nowNs, source.receivedNs());
    delays.onFrame(tap, nowNs);
    facts.read(source.segment(), headers);
    if (isAlone(tap)) {
      passed.add(facts.key, nowNs);
      return false;
    }
    Pair pair = pair(pairs.key(source.segment(), headers), tap);
    if (pair.state == Pair.SINGLE) {
      if (pair.tap(0) == tap) {
        pair.lastNs = nowNs;
        passed.add(facts.key, nowNs);
        return false;
      }
      pair.state = Pair.SHARED;
      pair.joinNs = nowNs + JOIN_NS;
    }
    pair.lastNs = nowNs;
    int place = pair.place(tap, nowNs);
    if (tap != pair.lastTap) {
      pair.lastTap = tap;
      pair.changedNs = nowNs;
      pair.state = Pair.SHARED;
    }
    facts.readPayload(source.segment());
    return merge(source, pair, place) && settle(pair);
  }

  /** Returns the pair, which begins anew when it was not heard for long. */
  private Pair pair(long key, int tap) {
    Pair pair = pairs.place(key);
    if (pair.key != key
        || nowNs - pair.lastNs > FORGET_NS
        || (pair.state == Pair.SHARED && nowNs - pair.changedNs > FORGET_NS)) {
      flush(pair);
      pair.begin(key, tap, nowNs);
    }
    return pair;
  }

  /** Returns whether there is but one tap, and there has been for long enough. */
  private boolean isAlone(int tap) {
    if (several) {
      return false;
    }
    if (firstTap == NO_TAP) {
      firstTap = tap;
      firstNs = nowNs;
    }
    if (tap != firstTap) {
      several = true;
      joinNs = nowNs - firstNs >= ALONE_NS ? nowNs + JOIN_NS : nowNs;
      return false;
    }
    return nowNs - firstNs >= ALONE_NS;
  }

  private boolean merge(Frame source, Pair pair, int place) {
    int bit = 1 << place;
    long orderNs = source.timestampNs() + source.clockOffsetNs();
    if (place == 0) {
      pair.offsetNs = source.clockOffsetNs();
    }
    HeldPacket known = find(source, pair, place, orderNs);
    SentBytes sent =
        pair.state == Pair.SHARED && place != Pair.SHARED_PLACE && facts.hasStreamBytes()
            ? directions.of(facts.direction(pair.key))
            : null;
    if (known != null) {
      if (sent != null) {
        sent.onCopy(place, facts.sequence(), facts.dataEnd());
      }
      delays.onCopy(known.tap, source.interfaceIndex(), nowNs - known.receivedNs);
      known.taps |= bit;
      pair.last(place, known);
      duplicates++;
      if (known.chunk == null) {
        late(known, source);
      } else {
        complete(known, source);
      }
      return true;
    }
    if (isPassed(source.interfaceIndex(), pair)) {
      handler.onLateCopy(source, NO_TAP);
      return true;
    }
    if (sent != null
        && !facts.cut
        && sent.isCutElsewhere(place, facts.sequence(), facts.dataEnd())) {
      duplicates++;
      handler.onLateCopy(source, NO_TAP);
      return true;
    }
    return hold(source, pair, place, orderNs);
  }

  /** Returns the oldest packet that this may be a copy of, which this tap has not delivered. */
  private @Nullable HeldPacket find(Frame source, Pair pair, int place, long orderNs) {
    HeldPacket found = null;
    HeldPacket packet = table.first(facts.key);
    int steps = 0;
    for (; packet != null && steps < COMPARED_MAX; steps++, packet = packet.chained) {
      if (packet.pair == pair
          && !packet.isOf(place)
          && packet.facts.isSame(facts)
          && isNear(packet, source, orderNs)) {
        found = packet;
      }
    }
    compared += steps;
    return found;
  }

  /** Returns whether the time between two like packets is one by which a copy may be late. */
  private boolean isNear(HeldPacket packet, Frame source, long orderNs) {
    long apartNs = Math.abs(packet.orderNs - orderNs);
    if (facts.unique || apartNs <= COPY_NS) {
      return apartNs <= MEMORY_NS;
    }
    boolean timed = packet.captureTimed && source.timestampNs() != source.receivedNs();
    return !timed
        && apartNs <= MEMORY_NS
        && delays.isLate(source.interfaceIndex(), packet.receivedNs, nowNs);
  }

  /** Says who else has seen a packet that was handed on. */
  private void late(HeldPacket known, Frame source) {
    if (known.isSole) {
      known.isSole = false;
      sole--;
      handler.onLateCopy(source, known.tap);
    } else {
      handler.onLateCopy(source, NO_TAP);
    }
  }

  /** Keeps more of a packet that is still held than was there of it. */
  private void complete(HeldPacket known, Frame source) {
    if (!known.facts.cut || (facts.cut && known.length >= source.length())) {
      return;
    }
    HeldBytes.Chunk chunk = known.chunk;
    HeldBytes.Chunk room = bytes.room(source.length());
    if (chunk == null || room == null) {
      return;
    }
    bytes.remove(chunk);
    known.offset = bytes.add(room, source.segment(), source.offset(), source.length());
    known.chunk = room;
    known.facts.copy(facts);
    known.describe(source);
  }

  /** Returns whether a packet was handed on before it was known that this tap sees it, too. */
  private boolean isPassed(int tap, Pair pair) {
    boolean late = nowNs < pair.joinNs && tap != pair.tap(0);
    long knownNs = facts.unique ? MEMORY_NS : JOIN_NS;
    boolean joins = tap != pair.tap(0) && nowNs < pair.joinNs - JOIN_NS + knownNs;
    if (!joins && (nowNs >= joinNs - JOIN_NS + knownNs || tap == firstTap)) {
      return false;
    }
    if (passed.take(facts.key, nowNs - knownNs)) {
      duplicates++;
      return true;
    }
    if (late && !passed.reaches(nowNs - HOLD_NS)) {
      joining++; // too much was handed on to know all of it
      return true;
    }
    return false;
  }

  private boolean hold(Frame source, Pair pair, int place, long orderNs) {
    HeldBytes.Chunk room = bytes.room(source.length());
    while (room == null && held.oldest != null) {
      early++;
      handOnUpTo(held.oldest);
      room = bytes.room(source.length());
    }
    HeldPacket packet = room == null ? null : packet();
    if (room == null || packet == null) {
      flush(pair);
      return false;
    }
    packet.facts.copy(facts);
    packet.pair = pair;
    packet.taps = 1 << place;
    packet.isSole = false;
    packet.tap = source.interfaceIndex();
    packet.orderNs = orderNs;
    packet.offsetNs = source.clockOffsetNs();
    packet.captureTimed = source.timestampNs() != source.receivedNs();
    packet.receivedNs = nowNs;
    packet.describe(source);
    packet.offset = bytes.add(room, source.segment(), source.offset(), source.length());
    packet.chunk = room;
    table.add(packet);
    held.add(packet);
    pair.insert(packet, WireOrder.behind(pair, place, packet));
    pair.last(place, packet);
    WireOrder.smooth(pair, packet);
    return true;
  }

  /** Returns a packet that is not in use, or null when all are held. */
  private @Nullable HeldPacket packet() {
    HeldPacket packet = free;
    if (packet != null) {
      free = packet.chained;
      return packet;
    }
    if (made < packetsMax) {
      made++;
      return new HeldPacket();
    }
    if (remembered.oldest == null && held.oldest != null) {
      early++;
      handOnUpTo(held.oldest);
    }
    if (remembered.oldest == null) {
      return null;
    }
    forget(remembered.oldest);
    packet = free;
    free = packet == null ? null : packet.chained;
    return packet;
  }

  /** Stops holding what one tap alone sees. */
  private boolean settle(Pair pair) {
    if (pair.state == Pair.NEW
        && ++pair.packets >= PROBATION_PACKETS
        && nowNs - pair.firstNs >= PROBATION_NS) {
      flush(pair);
      pair.state = Pair.SINGLE;
    }
    return true;
  }

  /** Hands on what was held for long enough. */
  public void advance(long clockNs) {
    nowNs = Math.max(nowNs, clockNs);
    while (held.oldest != null && nowNs - held.oldest.receivedNs >= HOLD_NS) {
      handOnUpTo(held.oldest);
    }
    while (remembered.oldest != null && nowNs - remembered.oldest.receivedNs >= MEMORY_NS) {
      forget(remembered.oldest);
    }
  }

  private void flush(Pair pair) {
    if (pair.tail != null) {
      handOnUpTo(pair.tail);
    }
  }

  /** Hands on a packet, after all that was on the wire before. */
  private void handOnUpTo(HeldPacket last) {
    Pair pair = last.pair;
    while (pair != null && pair.head != null) {
      HeldPacket first = pair.head;
      handOn(pair, first);
      if (first == last) {
        return;
      }
    }
  }

  private void handOn(Pair pair, HeldPacket packet) {
    HeldBytes.Chunk chunk = packet.chunk;
    pair.removeHead(packet);
    held.remove(packet);
    remembered.add(packet);
    packet.chunk = null;
    if (chunk == null) {
      return;
    }
    pair.handedOnNs = packet.orderNs;
    int count = 0;
    for (int place = 0; place < pair.tapCount(); place++) {
      int tap = pair.tap(place);
      if ((packet.taps & 1 << place) != 0 && tap != packet.tap) {
        others[count++] = tap;
      }
    }
    boolean shared = pair.state == Pair.SHARED;
    packet.isSole = shared && count == 0;
    if (packet.isSole) {
      sole++;
    }
    long offsetNs = packet.tap == pair.tap(0) ? packet.offsetNs : pair.offsetNs;
    frame.wrap(
        chunk.segment,
        packet.offset,
        packet.length,
        packet.originalLength,
        packet.orderNs - offsetNs);
    frame.received(nowNs).origin(packet.linkType, packet.tap, packet.outgoing);
    if (!packet.lengthKnown) {
      frame.originalLengthUnknown();
    }
    if (packet.checksumNeeded) {
      frame.checksumNeeded(/* start= */ 0, /* offset= */ 0);
    }
    handler.onMerged(frame, others, count, shared);
    bytes.remove(chunk);
  }

  /** Takes a packet out of the table. */
  private void forget(HeldPacket packet) {
    remembered.remove(packet);
    table.remove(packet);
    packet.pair = null;
    packet.chained = free;
    free = packet;
  }

  /** Returns whether packets are held, which {@link #advance} hands on when their time is over. */
  public boolean isHolding() {
    return held.oldest != null;
  }

  /** Returns packets that frames were compared with so far. */
  long compared() {
    return compared;
  }

  /** Returns what was counted so far. */
  public MergeCounts counts() {
    return new MergeCounts(duplicates, sole, early, joining, bytes.bytes());
  }

  /** Hands on all that is held. */
  @Override
  public void close() {
    while (held.oldest != null) {
      handOnUpTo(held.oldest);
    }
    bytes.close();
  }
}
