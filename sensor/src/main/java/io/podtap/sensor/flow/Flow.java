/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.flow;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One flow: a TCP connection, or datagrams between two ends without a long silence.
 *
 * <p>Addresses are 128 bits in two halves, IPv4 ones as ::ffff:a.b.c.d. Ends {@code a} and {@code
 * b} are the key, in an order that both directions share; originator and responder are roles, which
 * may be exchanged while the flow lives. Owned by {@link FlowTable}. Its open fields are the
 * tracker's, which the logs read; what other stages keep here they reach by methods.
 */
public final class Flow {

  /** Letters of a history kept, at most. */
  private static final int HISTORY_MAX = 128;

  /** Stands for no tap. */
  public static final int NO_TAP = -1;

  final int index;
  int hash;

  long aHigh;
  long aLow;
  long bHigh;
  long bLow;
  int ports;
  int protocol;

  private boolean originatorIsA;
  private FlowEnd originator = new FlowEnd();
  private FlowEnd responder = new FlowEnd();

  /**
   * Time of the first packet and of the last one that counts, nanoseconds since 1970, as they were
   * captured: for records.
   */
  public long startNs;

  public long lastNs;

  /** When they were received, by the clock of timers. */
  public long firstSeenNs;

  public long seenNs;

  /** Silence after which the flow ends. */
  public long inactivityNs;

  /** Where a flow without connections is looked at so often, and ends when it is silent; 0: not. */
  public long lookPeriodNs;

  /** When to look whether an attempt was answered, whether a close is complete; 0 for never. */
  public long attemptDeadlineNs;

  public long expireDeadlineNs;

  /** When a closed flow is removed; 0 while it is open. */
  public long deleteDeadlineNs;

  /** When the timer fires; never later than the flow's own deadlines. */
  long timerNs;

  /** Bytes that both ends agree were sent and nobody saw. */
  public long missedBytes;

  /** Bytes that packets had and that were cut before they came here. */
  public long cutBytes;

  /** Which events the history has; bits belong to the tracker. */
  public int historySeen;

  /** Whether a connection is being followed from the middle. */
  public boolean partial;

  public boolean originatorSeen;
  public boolean responderSeen;

  /** Whether a close waits for data that is still missing. */
  public boolean closeDeferred;

  /** Whether nothing has ended the connection yet. */
  public boolean active;

  // Of the stages behind the tracker.
  private boolean weird;
  private ServiceSet services = ServiceSet.EMPTY;
  private boolean payloadWanted;
  private @Nullable Object carried;
  private long watched;
  private long dueNs;
  private @Nullable Object tunnel;
  private @Nullable ProxyHeader proxy;
  private long path;
  private int pathChanges;

  private byte[] history = new byte[16];
  private int historyLength;
  private long uidHigh;
  private long uidLow;
  private long[] parents = ParentTunnels.NONE;
  private boolean limitReached;
  private final FlowTaps taps = new FlowTaps();

  Flow(int index) {
    this.index = index;
  }

  /** Makes this flow a new one of the key that {@code key} holds. */
  void begin(FlowKey key, long timeNs, long clockNs, long uidHigh, long uidLow) {
    hash = key.hash;
    aHigh = key.aHigh;
    aLow = key.aLow;
    bHigh = key.bHigh;
    bLow = key.bLow;
    ports = key.ports;
    protocol = key.protocol;
    originatorIsA = key.sourceIsA;
    originator.reset();
    responder.reset();
    startNs = timeNs;
    lastNs = timeNs;
    firstSeenNs = clockNs;
    seenNs = clockNs;
    inactivityNs = 0;
    lookPeriodNs = 0;
    attemptDeadlineNs = 0;
    expireDeadlineNs = 0;
    deleteDeadlineNs = 0;
    missedBytes = 0;
    cutBytes = 0;
    limitReached = false;
    historySeen = 0;
    partial = false;
    weird = false;
    originatorSeen = false;
    responderSeen = false;
    closeDeferred = false;
    active = true;
    services = ServiceSet.EMPTY;
    proxy = null;
    payloadWanted = true;
    carried = null;
    watched = 0;
    dueNs = 0;
    tunnel = null;
    path = 0;
    pathChanges = -1;
    historyLength = 0;
    this.uidHigh = uidHigh;
    this.uidLow = uidLow;
    parents = ParentTunnels.NONE;
    taps.reset();
  }

  /**
   * Returns a copy that keeps who it was between, when it began and who saw it when this flow is
   * over: ends, ports, unique id.
   */
  public Flow identity() {
    Flow copy = new Flow(/* index= */ -1);
    copy.aHigh = aHigh;
    copy.aLow = aLow;
    copy.bHigh = bHigh;
    copy.bLow = bLow;
    copy.ports = ports;
    copy.protocol = protocol;
    copy.originatorIsA = originatorIsA;
    copy.startNs = startNs;
    copy.firstSeenNs = firstSeenNs;
    copy.taps.copy(taps);
    copy.uidHigh = uidHigh;
    copy.uidLow = uidLow;
    return copy;
  }

  boolean matches(FlowKey key) {
    return ports == key.ports
        && aLow == key.aLow
        && bLow == key.bLow
        && protocol == key.protocol
        && aHigh == key.aHigh
        && bHigh == key.bHigh;
  }

  /** Returns whether the packet that {@code key} was made of came from the originator. */
  public boolean isFromOriginator(FlowKey key) {
    return key.sourceIsA == originatorIsA;
  }

  /** Exchanges the roles of the two ends. */
  public void exchangeRoles() {
    FlowEnd end = originator;
    originator = responder;
    responder = end;
    originatorIsA = !originatorIsA;
    boolean seen = originatorSeen;
    originatorSeen = responderSeen;
    responderSeen = seen;
    partial = false;
    addHistory('^');
  }

  /**
   * As above, where one datagram alone was seen, which is at hand: it counts for the new
   * originator, as Zeek has counted it by then.
   */
  public void exchangeAddresses() {
    originatorIsA = !originatorIsA;
    partial = false;
    addHistory('^');
  }

  /** As above, of all that was seen: the history begins with it, and its letters change case. */
  public void exchangeRolesFromStart() {
    int length = historyLength;
    exchangeRoles();
    if (historyLength > length) {
      System.arraycopy(history, 0, history, 1, length);
      history[0] = '^';
      for (int i = 1; i <= length; i++) {
        history[i] ^= 'a' - 'A';
      }
    }
    historySeen = historySeen >>> 16 | historySeen << 16;
  }

  public FlowEnd originator() {
    return originator;
  }

  public FlowEnd responder() {
    return responder;
  }

  /** Returns the protocol number of the IP header. */
  public int protocol() {
    return protocol;
  }

  public long originatorHigh() {
    return originatorIsA ? aHigh : bHigh;
  }

  public long originatorLow() {
    return originatorIsA ? aLow : bLow;
  }

  public long responderHigh() {
    return originatorIsA ? bHigh : aHigh;
  }

  public long responderLow() {
    return originatorIsA ? bLow : aLow;
  }

  /** Returns the originator's port; for ICMP the type. */
  public int originatorPort() {
    return originatorIsA ? ports >>> 16 : ports & 0xFFFF;
  }

  /** Returns the responder's port; for ICMP the reply's type, or the code. */
  public int responderPort() {
    return originatorIsA ? ports & 0xFFFF : ports >>> 16;
  }

  /** Returns whether the flow is IPv4. */
  public boolean isIpv4() {
    return aHigh == 0 && aLow >>> 32 == 0xFFFF;
  }

  /** Adds a letter; what does not fit any more is left out. */
  public void addHistory(char letter) {
    if (historyLength == history.length) {
      if (historyLength == HISTORY_MAX) {
        return;
      }
      history = Arrays.copyOf(history, 2 * historyLength);
    }
    history[historyLength++] = (byte) letter;
  }

  /** Returns how many letters the history has. */
  public int historyLength() {
    return historyLength;
  }

  /** Returns one letter of the history. */
  public char history(int at) {
    return (char) history[at];
  }

  /** Returns the upper 32 bits of the unique id. */
  public long uidHigh() {
    return uidHigh;
  }

  /** Returns the lower 64 bits of the unique id. */
  public long uidLow() {
    return uidLow;
  }

  /** Notes that packets of this flow came through a tunnel, named by its unique id. */
  public void addParent(long high, long low) {
    parents = ParentTunnels.with(parents, high, low);
  }

  /** Returns how many tunnels the flow came through. */
  public int parentCount() {
    return parents.length / 2;
  }

  /** Returns the upper 32 bits of a tunnel's unique id. */
  public long parentHigh(int at) {
    return parents[2 * at];
  }

  /** Returns the lower 64 bits of a tunnel's unique id. */
  public long parentLow(int at) {
    return parents[2 * at + 1];
  }

  /** Returns whether a weird of the flow was met. */
  public boolean isWeird() {
    return weird;
  }

  /** Notes that a weird of the flow was met. */
  public void noteWeird() {
    weird = true;
  }

  /** Returns the protocols that were found by content. */
  public ServiceSet services() {
    return services;
  }

  /** Notes protocols that were found. */
  public void addServices(ServiceSet found) {
    services = services.union(found);
  }

  /** Takes protocols back, which the flow has turned out not to carry. */
  public void removeServices(ServiceSet lost) {
    services = services.minus(lost);
  }

  /** Returns whether anyone still wants to see what the flow carries: at first, yes. */
  public boolean isPayloadWanted() {
    return payloadWanted;
  }

  /** Says that nobody wants to see any more of what the flow carries. */
  public void leavePayload() {
    payloadWanted = false;
  }

  /** Returns what the dispatcher keeps with the flow; null before the first payload. */
  public @Nullable Object carried() {
    return carried;
  }

  /** Keeps something with the flow for the dispatcher. */
  public void carry(@Nullable Object next) {
    carried = next;
  }

  /** Returns what the detections' watch keeps with the flow; 0 before the first. */
  public long watched() {
    return watched;
  }

  /** Keeps a number with the flow for the detections' watch. */
  public void watch(long next) {
    watched = next;
  }

  /** Returns when detections want to see the flow next; 0 before they were asked. */
  public long dueNs() {
    return dueNs;
  }

  /** Says when detections want to see the flow next, nanoseconds since 1970. */
  public void due(long timeNs) {
    dueNs = timeNs;
  }

  /** Returns the tunnel that the flow is, as its recorder keeps it; null when it is none. */
  public @Nullable Object tunnel() {
    return tunnel;
  }

  /** Keeps the tunnel that the flow is. */
  public void tunnel(Object next) {
    tunnel = next;
  }

  /** Returns what a load balancer told in front of the connection; null when it told nothing. */
  public @Nullable ProxyHeader proxy() {
    return proxy;
  }

  /** Keeps what a load balancer told in front of the connection. */
  public void proxy(@Nullable ProxyHeader next) {
    proxy = next;
  }

  /**
   * Notes the tunnels that a packet came through.
   *
   * @param id names them; 0 for none
   * @return -1 if they are the last packet's, else how often they have changed by now
   */
  public int takePath(long id) {
    if (pathChanges >= 0 && path == id) {
      return -1;
    }
    path = id;
    pathChanges = pathChanges == Integer.MAX_VALUE ? pathChanges : pathChanges + 1;
    return pathChanges;
  }

  /** Notes that a packet counts. */
  public void seen(long timeNs, long clockNs) {
    lastNs = timeNs;
    seenNs = clockNs;
  }

  /** Returns the end that sent a packet of this flow. */
  public FlowEnd sender(FlowKey key) {
    return isFromOriginator(key) ? originator : responder;
  }

  /** Notes once in the history that something was not looked into: a limit was reached. */
  public void noteLimit() {
    if (!limitReached) {
      limitReached = true;
      addHistory('X');
    }
  }

  /** Returns which taps have sent packets of this flow. */
  public FlowTaps taps() {
    return taps;
  }
}
