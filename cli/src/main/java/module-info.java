/** One command line over all programs. */
module io.podtap.cli {
  requires info.picocli;
  requires io.podtap.core;
  requires io.podtap.gateway;
  requires io.podtap.injector;
  requires io.podtap.sensor;
  requires io.podtap.tap;
  requires jdk.httpserver;
  requires tools.jackson.core;
  requires static org.jspecify;

  exports io.podtap.cli;

  opens io.podtap.cli to
      info.picocli;
  opens io.podtap.cli.demo to
      info.picocli;
  opens io.podtap.cli.edges to
      info.picocli;
  opens io.podtap.cli.help to
      info.picocli;
  opens io.podtap.cli.ledger to
      info.picocli;

  uses io.podtap.core.config.Program;

  provides io.podtap.core.config.Program with
      io.podtap.cli.Doctor,
      io.podtap.cli.Pki,
      io.podtap.cli.ledger.LedgerCommand,
      io.podtap.cli.edges.EdgesCommand,
      io.podtap.cli.demo.Demo,
      io.podtap.cli.demo.DemoIntrusion,
      io.podtap.cli.demo.DemoServer,
      io.podtap.cli.demo.DemoClient;
}
