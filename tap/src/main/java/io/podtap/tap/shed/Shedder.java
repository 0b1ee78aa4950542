/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.shed;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.Headers;
import io.podtap.core.packet.IpProtocol;
import io.podtap.core.packet.Tcp;
import io.podtap.core.report.Counters;
import org.jspecify.annotations.Nullable;

/**
 * Decides what of a frame is sent:
 *
 * <ol>
 *   <li>segments with SYN, FIN or RST: all, as long as the budget is not wholly used up
 *   <li>ports of which headers are enough: headers
 *   <li>flows that have had their share: headers; the first bytes of a flow always pass
 *   <li>over budget: headers; when even these are too much, nothing
 * </ol>
 *
 * <p>What is neither TCP nor UDP has no headers of which more is known: all of it or nothing. Flows
 * are told by hash, in a table of fixed size; one that displaces another begins anew, which errs on
 * the side of sending. The hot thread; no allocation.
 */
public final class Shedder {

  /** All of the frame. */
  public static final int WHOLE = 0;

  /** Its headers, of every packet that it becomes. */
  public static final int HEADERS = 1;

  /** Nothing. */
  public static final int NOTHING = 2;

  private static final int FLOW_SLOTS = 1 << 15;
  private static final int FLOW_IDLE_SECONDS = 60;
  private static final int CLOSING_OR_OPENING = Tcp.SYN | Tcp.FIN | Tcp.RST;
  private static final long NS_PER_SECOND = 1_000_000_000L;

  /** How much of a second's budget may be spent at once, and be owed. */
  private static final int BURSTS_PER_SECOND = 10;

  private final Counters<ShedCause> counters;
  private final long flowCutoffBytes;
  private final boolean[] headersOnly;
  private final int[] flows;
  private final int[] lastSeconds;
  private final long[] bytesOfFlow;

  private final long budgetBytesPerSecond;
  private final long burstBytes;
  private long budgetBytes;
  private long refilledNs = Long.MIN_VALUE;
  private long bytesShed;

  /**
   * @param counters counts frames that were not sent whole
   */
  public Shedder(ShedSettings settings, Counters<ShedCause> counters) {
    this.counters = counters;
    flowCutoffBytes = settings.flowCutoffBytes();
    int slots = flowCutoffBytes > 0 ? FLOW_SLOTS : 0;
    flows = new int[slots];
    lastSeconds = new int[slots];
    bytesOfFlow = new long[slots];
    headersOnly = new boolean[settings.headersOnlyPorts().isEmpty() ? 0 : 1 << 16];
    settings.headersOnlyPorts().forEach(port -> headersOnly[port] = true);
    budgetBytesPerSecond = settings.budgetMbps() * 1_000_000L / 8;
    burstBytes = budgetBytesPerSecond / BURSTS_PER_SECOND;
    budgetBytes = burstBytes;
  }

  /** Returns a shedder with other settings that goes on counting, and knows the same flows. */
  public Shedder with(ShedSettings settings) {
    Shedder next = new Shedder(settings, counters);
    next.bytesShed = bytesShed;
    if (flows.length == next.flows.length) {
      System.arraycopy(flows, 0, next.flows, 0, flows.length);
      System.arraycopy(lastSeconds, 0, next.lastSeconds, 0, flows.length);
      System.arraycopy(bytesOfFlow, 0, next.bytesOfFlow, 0, flows.length);
    }
    return next;
  }

  /**
   * Returns {@link #WHOLE}, {@link #HEADERS} or {@link #NOTHING}, and counts it.
   *
   * @param flow the symmetric hash of the frame's flow
   */
  public int decide(Frame frame, Headers headers, int flow) {
    boolean hasPorts =
        headers.problem() == Headers.Problem.NONE
            && !headers.isFragment()
            && headers.transportHeaderLength() > 0
            && (headers.protocol() == IpProtocol.TCP || headers.protocol() == IpProtocol.UDP);
    int flags =
        hasPorts && headers.protocol() == IpProtocol.TCP
            ? Tcp.flags(frame.segment(), headers.transportOffset())
            : 0;
    boolean isFlowsShare = isFlowsShare(frame, flow, flags);
    boolean isKeptLongest = (flags & CLOSING_OR_OPENING) != 0;
    @Nullable ShedCause cause = null;
    if (hasPorts && !isKeptLongest) {
      if (isHeadersOnly(headers)) {
        cause = ShedCause.PORT;
      } else if (!isFlowsShare) {
        cause = ShedCause.FLOW_CUTOFF;
      }
    }
    int headerBytes = hasPorts ? (int) (headers.payloadOffset() - frame.offset()) : frame.length();
    return spend(frame, cause, headerBytes, hasPorts && !isKeptLongest);
  }

  private boolean isHeadersOnly(Headers headers) {
    return headersOnly.length > 0
        && (headersOnly[headers.sourcePort()] || headersOnly[headers.destinationPort()]);
  }

  /** Adds the frame to its flow; returns whether the flow may still have it. */
  private boolean isFlowsShare(Frame frame, int flow, int flags) {
    if (flowCutoffBytes == 0) {
      return true;
    }
    int slot = (flow ^ flow >>> 15) & (FLOW_SLOTS - 1);
    int second = (int) (frame.timestampNs() / NS_PER_SECOND);
    boolean isNew = flows[slot] != flow || second - lastSeconds[slot] > FLOW_IDLE_SECONDS;
    if (isNew || (flags & Tcp.SYN) != 0) {
      flows[slot] = flow;
      bytesOfFlow[slot] = 0;
    }
    lastSeconds[slot] = second;
    boolean isWithin = bytesOfFlow[slot] < flowCutoffBytes;
    bytesOfFlow[slot] += frame.originalLength();
    return isWithin;
  }

  private int spend(Frame frame, @Nullable ShedCause cause, int headerBytes, boolean mayCut) {
    int bytes = cause == null ? frame.length() : headerBytes;
    if (budgetBytesPerSecond == 0) {
      return shed(frame, cause, cause == null ? WHOLE : HEADERS, bytes);
    }
    refill(frame.timestampNs());
    if (cause == null && mayCut && budgetBytes < bytes) {
      return spendOnHeaders(frame, ShedCause.BUDGET_HEADERS, headerBytes);
    }
    if (cause != null || budgetBytes < bytes) {
      return spendOnHeaders(frame, cause, bytes);
    }
    budgetBytes -= bytes;
    return WHOLE;
  }

  /** Headers may go into debt, which the next bursts pay: evidence that something was said. */
  private int spendOnHeaders(Frame frame, @Nullable ShedCause cause, int bytes) {
    if (budgetBytes - bytes < -burstBytes) {
      return shed(frame, ShedCause.BUDGET_DROPPED, NOTHING, 0);
    }
    budgetBytes -= bytes;
    return shed(frame, cause, cause == null ? WHOLE : HEADERS, bytes);
  }

  private int shed(Frame frame, @Nullable ShedCause cause, int verdict, int bytes) {
    if (cause != null) {
      counters.add(cause);
      bytesShed += frame.length() - bytes;
    }
    return verdict;
  }

  private void refill(long nowNs) {
    long elapsedNs = Math.clamp(nowNs - refilledNs, 0, NS_PER_SECOND);
    if (refilledNs == Long.MIN_VALUE || elapsedNs >= NS_PER_SECOND) {
      budgetBytes = burstBytes;
      refilledNs = nowNs;
      return;
    }
    long earned = elapsedNs * (budgetBytesPerSecond >>> 3) / (NS_PER_SECOND >>> 3);
    if (earned > 0) {
      budgetBytes = Math.min(budgetBytes + earned, burstBytes);
      refilledNs = nowNs;
    }
  }

  /** Returns bytes of frames that were left out. */
  public long bytesShed() {
    return bytesShed;
  }
}
