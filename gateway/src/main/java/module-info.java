/**
 * Between taps and stock tools: frames in from tunnels and streams, out in what such tools read.
 */
module io.podtap.gateway {
  requires info.picocli;
  requires io.podtap.core;
  requires io.podtap.sensor;
  requires io.podtap.tap;
  requires static org.jspecify;

  exports io.podtap.gateway;

  opens io.podtap.gateway to
      info.picocli;

  provides io.podtap.core.config.Program with
      io.podtap.gateway.GatewayCommand;
}
