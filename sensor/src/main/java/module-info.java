/** The sensor: turns tunnelled packets, or a capture file, into Zeek-compatible logs. */
module io.podtap.sensor {
  requires info.picocli;
  requires io.podtap.core;
  requires static org.jspecify;

  exports io.podtap.sensor;

  opens io.podtap.sensor to
      info.picocli;

  provides io.podtap.core.config.Program with
      io.podtap.sensor.SensorCommand,
      io.podtap.sensor.ReadCommand;
}
