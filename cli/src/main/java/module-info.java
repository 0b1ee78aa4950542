/** One command line over all programs. */
module io.podtap.cli {
  requires info.picocli;
  requires io.podtap.core;
  requires io.podtap.sensor;
  requires io.podtap.tap;
  requires static org.jspecify;

  exports io.podtap.cli;

  opens io.podtap.cli to
      info.picocli;

  uses io.podtap.core.config.Program;
}
