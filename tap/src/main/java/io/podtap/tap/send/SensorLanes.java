package io.podtap.tap.send;

import io.podtap.core.config.Endpoint;
import io.podtap.tap.link.FailureCounters;
import io.podtap.tap.link.SensorLink;
import java.util.ArrayList;
import java.util.List;

/**
 * The lanes of one sensor, and the datagram size that its path takes. Owns the outputs. One thread.
 */
public final class SensorLanes implements AutoCloseable, SensorLink {

  /** Payload of a UDP datagram over IPv4 at most. */
  private static final int DATAGRAM_BYTES_MAX = 65_507;

  /** What every path takes, headers off; a smaller claim is not believed. */
  private static final int DATAGRAM_BYTES_MIN = 512;

  private static final int MTU_UNKNOWN = 1_500;

  private final Endpoint sensor;
  private final Lane[] lanes;
  private int datagramBytesMax;

  /**
   * Takes over {@code outputs}, all connected to {@code sensor}.
   *
   * @param firstLaneId number of the first lane; the others follow
   */
  public SensorLanes(Endpoint sensor, List<? extends DatagramOutput> outputs, int firstLaneId) {
    this.sensor = sensor;
    List<Lane> made = new ArrayList<>();
    for (DatagramOutput output : outputs) {
      made.add(new Lane(this, output, firstLaneId + made.size()));
    }
    lanes = made.toArray(new Lane[0]);
    adaptTo(lanes[0].pathMtu());
  }

  @Override
  public Endpoint sensor() {
    return sensor;
  }

  @Override
  public int count() {
    return lanes.length;
  }

  /** Returns a lane, counted from zero. */
  public Lane lane(int index) {
    return lanes[index];
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

  /** Returns true: datagrams are not answered. */
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
