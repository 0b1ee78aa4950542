/** The sensor: turns tunnelled packets, or a capture file, into Zeek-compatible logs. */
module io.podtap.sensor {
  requires info.picocli;
  requires io.podtap.core;
  requires java.net.http;
  requires tools.jackson.core;
  requires static org.jspecify;

  exports io.podtap.sensor;
  exports io.podtap.sensor.broker;
  exports io.podtap.sensor.detect;
  exports io.podtap.sensor.identity;
  exports io.podtap.sensor.identity.source;
  exports io.podtap.sensor.identity.watch;
  exports io.podtap.sensor.ingest;
  exports io.podtap.sensor.merge;
  exports io.podtap.sensor.stream;
  exports io.podtap.sensor.taps;

  opens io.podtap.sensor to
      info.picocli;
  opens io.podtap.sensor.detect to
      info.picocli;
  opens io.podtap.sensor.edges to
      info.picocli;
  opens io.podtap.sensor.ingest to
      info.picocli;

  uses io.podtap.sensor.broker.BrokerConnector;
  uses io.podtap.sensor.detect.DetectEngine;

  provides io.podtap.core.config.Program with
      io.podtap.sensor.SensorCommand,
      io.podtap.sensor.ReadCommand,
      io.podtap.sensor.detect.DetectCommand;
}
