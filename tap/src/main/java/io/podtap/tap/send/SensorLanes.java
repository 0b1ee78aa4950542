/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.send;

import io.podtap.core.config.Endpoint;
import io.podtap.core.linux.Errno;
import io.podtap.core.report.Counters;
import io.podtap.core.report.TunnelReceipt;
import io.podtap.tap.link.FailureCounters;
import io.podtap.tap.link.SensorLink;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The lanes of one sensor, the datagram size that its path takes, and how its datagrams leave:
 * joined or singly ({@link JoinLease}). Owns the outputs. One thread.
 */
public final class SensorLanes implements AutoCloseable, SensorLink {

  /** Payload of a UDP datagram over IPv4 at most. */
  private static final int DATAGRAM_BYTES_MAX = 65_507;

  /** What every path takes, headers off; a smaller claim is not believed. */
  private static final int DATAGRAM_BYTES_MIN = 512;

  private static final int MTU_UNKNOWN = 1_500;

  private final Endpoint sensor;
  private final Lane[] lanes;
  private final int lanesJoined;
  private SendMode mode;
  private final JoinLease lease = new JoinLease();
  private final Counters<ReceiptFate> receipts = new Counters<>(ReceiptFate.class);
  private int datagramBytesMax;
  private boolean elsewhere;
  private boolean joined;
  private long receiver;

  /** Takes over {@code outputs}, which leave their datagrams joined. */
  public SensorLanes(Endpoint sensor, List<? extends DatagramOutput> outputs, int firstLaneId) {
    this(sensor, outputs, firstLaneId, outputs.size(), SendMode.JOINED);
  }

  /**
   * Takes over {@code outputs}, all connected to {@code sensor}.
   *
   * @param firstLaneId number of the first lane; the others follow
   * @param lanesJoined how many lanes are used while datagrams leave joined
   */
  public SensorLanes(
      Endpoint sensor,
      List<? extends DatagramOutput> outputs,
      int firstLaneId,
      int lanesJoined,
      SendMode mode) {
    this.sensor = sensor;
    this.lanesJoined = lanesJoined;
    this.mode = mode;
    List<Lane> made = new ArrayList<>();
    for (DatagramOutput output : outputs) {
      made.add(new Lane(this, output, firstLaneId + made.size()));
    }
    lanes = made.toArray(new Lane[0]);
    adaptTo(lanes[0].pathMtu());
    decide();
  }

  @Override
  public Endpoint sensor() {
    return sensor;
  }

  @Override
  public int count() {
    return lanes.length;
  }

  /** Returns how many lanes flows are spread over now: the first ones. */
  public int lanesInUse() {
    return joined ? lanesJoined : lanes.length;
  }

  /** Returns a lane, counted from zero. */
  public Lane lane(int index) {
    return lanes[index];
  }

  /**
   * Hears whether the sensor is known to run on another node than the tap: a network card is
   * between, which takes joined datagrams apart for any receiver.
   */
  public void elsewhere(boolean known) {
    elsewhere = known;
    decide();
  }

  /** Lets datagrams leave in another way from now on; the lanes stay. */
  public void mode(SendMode next) {
    mode = next;
    decide();
  }

  /** Returns whether datagrams leave joined now. */
  public boolean isJoined() {
    return joined;
  }

  /** Returns whether the sensor has answered a probe within the last seconds. */
  public boolean isAnswering() {
    return lease.isAnswering();
  }

  private void decide() {
    boolean now =
        switch (mode) {
          case JOINED -> true;
          case SINGLE -> false;
          case AUTO -> elsewhere || lease.isLive();
        };
    joined = now;
    for (Lane lane : lanes) {
      lane.join(now);
    }
  }

  /**
   * Hears that nobody listens at the sensor's port, so that none but a reader of packets is left.
   */
  void onClosed() {
    lease.onClosed();
    if (mode == SendMode.AUTO && joined) {
      decide();
    }
  }

  int closings() {
    return lease.closings();
  }

  /** Returns whether the sensor is to be asked now, and takes it for asked if so. */
  public boolean isProbeDue(long nowNs) {
    return lease.isProbeDue(nowNs);
  }

  /** Returns whether this lane is to be asked about as well. */
  public boolean isProbeUseful(int index) {
    return index == 0 || lanes[index].hasUnconfirmed();
  }

  /**
   * Lets time pass and reads what has come back. Costs a system call for each lane that waits for
   * an answer.
   *
   * @param parser finds the receipt in a datagram
   */
  public void attend(long nowNs, ReceiptParser parser) {
    for (Lane lane : lanes) {
      if (lane.receipts().isWaiting(nowNs)) {
        receive(lane, nowNs, parser);
      }
    }
    lease.advance(nowNs);
    if (mode == SendMode.AUTO && joined != (elsewhere || lease.isLive())) {
      decide();
    }
  }

  /** Returns whether the answer to a probe of these lanes is still missing. */
  public boolean isWaiting(long nowNs) {
    for (Lane lane : lanes) {
      if (lane.receipts().isWaiting(nowNs)) {
        return true;
      }
    }
    return false;
  }

  private void receive(Lane lane, long nowNs, ReceiptParser parser) {
    int errno =
        lane.receive((segment, offset, length) ->
            receipts.add(onDatagram(lane, nowNs, parser, segment, offset, length)));
    if (errno == Errno.ECONNREFUSED) {
      onClosed();
    }
  }

  private ReceiptFate onDatagram(
      Lane lane, long nowNs, ReceiptParser parser, MemorySegment segment, long offset, int length) {
    ReceiptFate fate = parser.parse(segment, offset, length);
    if (fate != ReceiptFate.ACCEPTED) {
      return fate;
    }
    long at = parser.offset();
    LaneReceipts own = lane.receipts();
    int slot = own.find(TunnelReceipt.nonce(segment, at));
    if (slot < 0) {
      return ReceiptFate.UNKNOWN_NONCE;
    }
    ReceiptFate judged = own.judge(slot, nowNs, lease.closings());
    if (judged == ReceiptFate.ACCEPTED) {
      int flags = TunnelReceipt.flags(segment, at);
      receiver = TunnelReceipt.receiver(segment, at);
      if ((flags & TunnelReceipt.FLAG_COUNTS) != 0) {
        own.count(slot, receiver, TunnelReceipt.packets(segment, at));
      }
      lease.renew(own.sentNs(slot), (flags & TunnelReceipt.FLAG_JOINED) != 0);
    }
    return judged;
  }

  /**
   * What receipts say of all lanes: {@code sent = received + lost - surplus + unconfirmed}.
   *
   * @param sent packets that receipts speak of
   * @param receiver the last receiver's number, 0 before a receipt
   */
  public record Confirmed(
      long sent, long received, long lost, long surplus, long unconfirmed, long receiver) {}

  /** Returns what receipts say. */
  public Confirmed confirmed() {
    long sent = 0;
    long received = 0;
    long lost = 0;
    long surplus = 0;
    for (Lane lane : lanes) {
      sent += lane.receipts().sent();
      received += lane.receipts().received();
      lost += lane.receipts().lost();
      surplus += lane.receipts().surplus();
    }
    return new Confirmed(sent, received, lost, surplus, packetsSent() - sent, receiver);
  }

  /** Returns what came back to the lanes' ports, by what became of it. */
  public Counters<ReceiptFate> receipts() {
    return receipts;
  }

  /** Returns bytes of a datagram, outer header included, that fit the path as far as is known. */
  public int datagramBytesMax() {
    return datagramBytesMax;
  }

  /** Takes over what a refused datagram has taught, unless more was known already. */
  void shrinkTo(int pathMtu) {
    int known = datagramBytesMax;
    if (pathMtu > 0) {
      adaptTo(pathMtu);
      datagramBytesMax = Math.min(datagramBytesMax, known);
    }
  }

  private void adaptTo(int pathMtu) {
    int mtu = pathMtu > 0 ? pathMtu : MTU_UNKNOWN;
    int fits = mtu - lanes[0].headerBytes();
    datagramBytesMax = Math.clamp(fits, DATAGRAM_BYTES_MIN, DATAGRAM_BYTES_MAX);
  }

  /**
   * Looks whether the path takes more or less by now. Costs a system call for each lane.
   *
   * <p>The smallest answer counts: a lane that has not sent lately may still know an older value.
   */
  @Override
  public void refresh() {
    int smallest = Integer.MAX_VALUE;
    for (Lane lane : lanes) {
      int mtu = lane.pathMtu();
      if (mtu > 0) {
        smallest = Math.min(smallest, mtu);
      }
    }
    if (smallest != Integer.MAX_VALUE) {
      adaptTo(smallest);
    }
  }

  @Override
  public long packetsSent() {
    long sent = 0;
    for (Lane lane : lanes) {
      sent += lane.packetsSent();
    }
    return sent;
  }

  @Override
  public long bytesSent() {
    long sent = 0;
    for (Lane lane : lanes) {
      sent += lane.bytesSent();
    }
    return sent;
  }

  /** Nothing: what waits does so in the {@link SendQueue}, between batches only. */
  @Override
  public void giveUp(FailureCounters failures) {}

  /** Returns 0: a batch is counted by the {@link SendQueue}. */
  @Override
  public long calls() {
    return 0;
  }

  /** Returns true: a tunnel has no connection that could be missing. */
  @Override
  public boolean isUsable() {
    return true;
  }

  @Override
  public boolean isSettled() {
    return true;
  }

  /** Closes all lanes. */
  @Override
  public void close() {
    for (Lane lane : lanes) {
      lane.close();
    }
  }
}
