package io.podtap.tap;

import io.podtap.tap.balance.Rendezvous;
import io.podtap.tap.send.SensorLanes;
import java.util.List;

/**
 * The sensors that flows are shared among, with open lanes. Immutable as a set; a change makes a
 * new one that shares the lanes of the sensors that stay.
 */
final class Sensors {

  private final List<SensorLanes> list;
  private final SensorLanes[] lanes;
  private final Rendezvous rendezvous;

  Sensors(List<SensorLanes> sensors) {
    list = List.copyOf(sensors);
    lanes = sensors.toArray(SensorLanes[]::new);
    rendezvous = new Rendezvous(sensors.stream().map(SensorLanes::sensor).toList());
  }

  /** Returns whether there is none, so that no flow has one. */
  boolean isEmpty() {
    return lanes.length == 0;
  }

  /** Returns the sensor of a flow; there must be one. */
  SensorLanes of(int flowHash) {
    return lanes[rendezvous.sensor(flowHash)];
  }

  List<SensorLanes> list() {
    return list;
  }
}
