/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.send;

import io.podtap.core.config.Endpoint;
import io.podtap.core.config.SettingsException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where packets go.
 *
 * @param sensors none twice; empty while they are not known yet
 * @param lanes source ports for each sensor while datagrams leave singly
 * @param lanesJoined how many of these are used while they leave joined
 * @param mode when they do
 */
public record SendSettings(List<Endpoint> sensors, int lanes, int lanesJoined, SendMode mode) {

  /** Of joined datagrams: batches of one lane hold twice as many as those of eight. */
  public static final int LANES_DEFAULT = 1;

  /** Where each datagram leaves alone, several cost nothing and spread the receiver's work. */
  public static final int LANES_DEFAULT_SINGLY = 8;

  public static final int LANES_MAX = 64;

  /** Settings with the usual lanes. */
  public static SendSettings of(List<Endpoint> sensors, SendMode mode) {
    return new SendSettings(
        sensors,
        mode == SendMode.JOINED ? LANES_DEFAULT : LANES_DEFAULT_SINGLY,
        mode == SendMode.SINGLE ? LANES_DEFAULT_SINGLY : LANES_DEFAULT,
        mode);
  }

  /** Settings with so many lanes, however datagrams leave. */
  public static SendSettings of(List<Endpoint> sensors, SendMode mode, int lanes) {
    return new SendSettings(sensors, lanes, lanes, mode);
  }

  public SendSettings {
    sensors = sensors.stream().distinct().toList();
    for (Endpoint sensor : sensors) {
      if (sensor.port() == 0) {
        throw new SettingsException("sensor " + sensor + " has port 0");
      }
      if (sensor.address().isAnyLocalAddress() || sensor.address().isMulticastAddress()) {
        throw new SettingsException("sensor " + sensor + " is not the address of one host");
      }
    }
    if (lanes < 1 || lanes > LANES_MAX) {
      throw new SettingsException("lanes " + lanes + " is out of range 1 to " + LANES_MAX);
    }
    if (lanesJoined < 1 || lanesJoined > lanes) {
      throw new SettingsException("joined lanes " + lanesJoined + " is out of range 1 to " + lanes);
    }
  }

  /**
   * Reads a list of sensors.
   *
   * @param text addresses with optional ports, separated by commas
   * @param defaultPort where none is given
   */
  public static List<Endpoint> parse(String text, int defaultPort) {
    List<Endpoint> sensors = new ArrayList<>();
    for (String one : text.split(",", -1)) {
      if (one.isBlank()) {
        throw new SettingsException("sensor list '" + text + "' has an empty entry");
      }
      try {
        sensors.add(Endpoint.parse(one, defaultPort));
      } catch (SettingsException e) {
        throw new SettingsException("sensor " + e.getMessage(), e);
      }
    }
    return sensors;
  }
}
