package io.medallion.connect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medallion.common.AccessTokens;
import io.medallion.common.Resource;
import io.medallion.common.config.Configuration;
import io.medallion.common.error.MedallionException;
import io.medallion.operations.query.SmallLake;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.connect.proto.AddArtifactsRequest;
import org.apache.spark.connect.proto.AddArtifactsResponse;
import org.apache.spark.connect.proto.AnalyzePlanRequest;
import org.apache.spark.connect.proto.CloneSessionRequest;
import org.apache.spark.connect.proto.Command;
import org.apache.spark.connect.proto.ConfigRequest;
import org.apache.spark.connect.proto.ExecutePlanRequest;
import org.apache.spark.connect.proto.Expression;
import org.apache.spark.connect.proto.KeyValue;
import org.apache.spark.connect.proto.LocalRelation;
import org.apache.spark.connect.proto.Plan;
import org.apache.spark.connect.proto.Project;
import org.apache.spark.connect.proto.Range;
import org.apache.spark.connect.proto.Read;
import org.apache.spark.connect.proto.Relation;
import org.apache.spark.connect.proto.SQL;
import org.apache.spark.connect.proto.SparkConnectServiceGrpc;
import org.apache.spark.connect.proto.SqlCommand;
import org.apache.spark.connect.proto.UserContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connect.service.SparkConnectService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkproject.connect.grpc.ManagedChannel;
import org.sparkproject.connect.grpc.Metadata;
import org.sparkproject.connect.grpc.Status;
import org.sparkproject.connect.grpc.StatusRuntimeException;
import org.sparkproject.connect.grpc.netty.NettyChannelBuilder;
import org.sparkproject.connect.grpc.stub.MetadataUtils;
import org.sparkproject.connect.grpc.stub.StreamObserver;
import org.sparkproject.connect.protobuf.Descriptors.FieldDescriptor;
import org.sparkproject.connect.protobuf.Message;
import scala.Option;

/**
 * A server for notebooks over a real lake: what Spark's own client does with it, and what no client
 * can do, whatever messages it makes. After each, no byte of any folder is another.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConnectServerIT {
  private static final UserContext USER = UserContext.newBuilder().setUserId("reader").build();

  private final SmallLake small = new SmallLake();
  private final String session = UUID.randomUUID().toString();
  private ConnectServer server;
  private ManagedChannel channel;
  private SparkConnectServiceGrpc.SparkConnectServiceBlockingStub stub;
  private Map<String, String> before;

  @BeforeAll
  void start() throws IOException {
    small.start();
    Files.writeString(Path.of(small.path("outside/code.jar")), "code");
    server =
        ConnectServer.start(
            small.lake(),
            Configuration.builder()
                .flag("lake.path", small.path("lake"))
                .flag("connect.port", "0")
                .build());
    channel =
        NettyChannelBuilder.forTarget(server.url().replace("sc://", "")).usePlaintext().build();
    stub = SparkConnectServiceGrpc.newBlockingStub(channel);
    // What a query that is one makes Spark and Delta do, has been done.
    execute(sql("SELECT count(*) FROM silver JOIN bronze JOIN quarantine"));
    before = small.bytes();
  }

  @AfterEach
  void nothingIsWritten() throws IOException {
    assertThat(small.bytes()).isEqualTo(before);
  }

  @AfterAll
  void stop() throws IOException {
    channel.shutdownNow();
    server.close();
    small.close();
  }

  @Test
  void aNotebookReadsEveryTableAlsoAsItWasAndCanDoNoMore() throws Exception {
    Map<String, String> said = notebook();

    assertThat(said)
        .containsEntry("bronze", "1")
        .containsEntry("bronze by SQL", "1")
        .containsEntry("bronze as it was", "0")
        .containsEntry("bronze as it was, by option", "0")
        .containsEntry("silver", "0")
        .containsEntry("silver as it was, by option", "0")
        .containsEntry("quarantine by SQL", "0")
        .containsEntry("grouped", "[[t,1,1,0]]")
        .containsEntry("joined", "[[1,1]]")
        .containsEntry("pivoted", "[[t,1]]")
        .containsEntry("described", "5")
        .containsEntry("filled", "1")
        .containsEntry("rows of its own", "1")
        .containsEntry("time zone", "Asia/Tokyo");
    assertThat(said.get("schema")).contains("value:binary", "offset:bigint");
    List<String> attempts = new ArrayList<>(said.keySet());
    assertThat(attempts.subList(attempts.indexOf("insert"), attempts.size()))
        .hasSize(22)
        .allSatisfy(
            attempt ->
                assertThat(said.get(attempt))
                    .as(attempt)
                    .startsWith("refused")
                    .contains("PERMISSION_DENIED", "nothing of it was run")
                    .doesNotContain(SmallLake.SECRET));
  }

  /** What docs show is what is answered. */
  @Test
  void everyStatementOfTheNotebookIsAnswered() throws IOException {
    String notebook = Files.readString(Path.of("../../docs/notebooks/reading-the-lake.ipynb"));
    List<String> statements =
        Pattern.compile("\"source\": \\[(.*?)\\n   \\]", Pattern.DOTALL)
            .matcher(notebook)
            .results()
            .map(cell -> text(cell.group(1)))
            .flatMap(
                cell ->
                    Pattern.compile("spark\\.sql\\(\"{3}(.*?)\"{3}", Pattern.DOTALL)
                        .matcher(cell)
                        .results()
                        .map(sql -> sql.group(1)))
            .toList();
    assertThat(statements).hasSize(3);
    statements.forEach(statement -> execute(sql(statement)));
  }

  /** A list of strings in JSON as one text. */
  private static String text(String lines) {
    return lines
        .lines()
        .map(line -> line.strip().replaceAll("^\"|\",?$", ""))
        .map(line -> line.replace("\\n", "\n").replace("\\\"", "\""))
        .collect(Collectors.joining());
  }

  static List<String> statements() {
    return Resource.text(SmallLake.class, "hostile-statements.sql")
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith("-- "))
        .map(line -> line.startsWith("? ") ? line.substring(2) : line)
        .toList();
  }

  @Test
  void noStatementThatIsNoQueryIsRun() {
    assertThat(statements()).hasSizeGreaterThan(300);
    for (String statement : statements()) {
      String sql = small.placed(statement);
      assertRefused(sql(sql));
      assertRefused(
          Plan.newBuilder()
              .setCommand(
                  Command.newBuilder()
                      .setSqlCommand(SqlCommand.newBuilder().setInput(sql(sql).getRoot())))
              .build());
    }
  }

  /** A kind of message of a later Spark is looked at before it is let pass. */
  @Test
  void everyKindOfMessageIsAllowedOrKnownNotToBe() {
    assertThat(refusedKinds(Relation.newBuilder().build()))
        .containsExactlyInAnyOrder(
            "map_partitions",
            "collect_metrics",
            "parse",
            "group_map",
            "co_group_map",
            "with_watermark",
            "apply_in_pandas_with_state",
            "cached_local_relation",
            "cached_remote_relation",
            "common_inline_user_defined_table_function",
            "common_inline_user_defined_data_source",
            "chunked_cached_local_relation",
            "relation_changes",
            "nearest_by_join",
            "catalog",
            "ml_relation",
            "extension",
            "unknown");
    assertThat(refusedKinds(Expression.newBuilder().build()))
        .containsExactlyInAnyOrder(
            "common_inline_user_defined_function",
            "merge_action",
            "typed_aggregate_expression",
            "direct_shuffle_partition_id",
            "extension");
    assertThat(refusedKinds(AnalyzePlanRequest.newBuilder().build()))
        .containsExactlyInAnyOrder(
            "input_files", "persist", "unpersist", "get_storage_level", "json_to_ddl");
    assertThat(refusedKinds(ConfigRequest.Operation.newBuilder().build()))
        .containsExactlyInAnyOrder("get_all", "unset");
    assertThat(refusedKinds(Plan.newBuilder().build())).containsExactly("compressed_operation");
    assertThat(refusedKinds(Read.newBuilder().build())).containsExactly("data_source");
  }

  static Stream<FieldDescriptor> commands() {
    return Command.getDescriptor().getFields().stream()
        .filter(field -> !field.getName().equals("sql_command"));
  }

  /** Not one of them but SQL, which is a query or refused. */
  @ParameterizedTest
  @MethodSource("commands")
  void noCommandIsRun(FieldDescriptor command) {
    Command.Builder builder = Command.newBuilder();
    builder.setField(command, builder.newBuilderForField(command).build());
    assertRefused(Plan.newBuilder().setCommand(builder).build());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "reflect('java.lang.System', 'getProperty', 'user.home')",
        "java_method('java.lang.System', 'exit', 1)",
        "(SELECT max(value) FROM text.`${outside}/passwords`)",
        "EXISTS (SELECT * FROM delta.`${outside}/table`)",
        "xpath_string('<a>b</a>', 'a')",
        "input_file_name()",
        "system.builtin.reflect('java.lang.System', 'gc')"
      })
  void anExpressionIsHeldToWhatAQueryIs(String expression) {
    assertRefused(
        projected(
            Expression.newBuilder()
                .setExpressionString(
                    Expression.ExpressionString.newBuilder()
                        .setExpression(small.placed(expression)))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"reflect", "java_method", "from_avro", "unwrap_udt", "`reflect`"})
  void aFunctionByNameIsHeldToWhatAQueryIs(String function) {
    assertRefused(
        projected(
            Expression.newBuilder()
                .setUnresolvedFunction(
                    Expression.UnresolvedFunction.newBuilder().setFunctionName(function))));
    assertRefused(
        projected(
            Expression.newBuilder()
                .setCallFunction(
                    org.apache.spark.connect.proto.CallFunction.newBuilder()
                        .setFunctionName(function))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text.`${outside}/passwords`",
        "delta.`${lake}/bronze/clickstream`",
        "spark_catalog.default.x",
        "lake.bronze",
        "nothing",
        "a b"
      })
  void aTableByNameIsOneOfOurs(String name) {
    assertRefused(table(small.placed(name), Map.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"path", "PATH", "timeTravelVersion", "readChangeFeed"})
  void aTableTakesNoOptionButThoseOfItsVersions(String option) {
    assertRefused(table("bronze", Map.of(option, small.path("outside"))));
  }

  @Test
  void aTypeIsNoClass() {
    assertRefused(
        root(
            Relation.newBuilder()
                .setLocalRelation(
                    LocalRelation.newBuilder()
                        .setSchema("{\"type\":\"udt\",\"class\":\"java.lang.Object\"}"))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spark.sql.runSQLOnFiles",
        "spark.sql.catalog.lake.path",
        "spark.sql.defaultCatalog",
        "medallion.read-only",
        "medallion.read-only.root",
        "fs.file.impl",
        "spark.sql.execution.arrow.pyspark.fallback.enabled"
      })
  void aSettingThatMattersIsNotChanged(String key) {
    assertThatThrownBy(
            () ->
                config(
                    ConfigRequest.Operation.newBuilder()
                        .setSet(
                            ConfigRequest.Set.newBuilder()
                                .addPairs(KeyValue.newBuilder().setKey(key).setValue("x")))))
        .satisfies(ConnectServerIT::isRefusal);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spark.sql.catalog.gold.password",
        "spark.hadoop.fs.s3a.secret.key",
        "medallion.read-only"
      })
  void aSettingThatMayBeASecretIsNotShown(String key) {
    assertThatThrownBy(
            () ->
                config(
                    ConfigRequest.Operation.newBuilder()
                        .setGetOption(ConfigRequest.GetOption.newBuilder().addKeys(key))))
        .satisfies(ConnectServerIT::isRefusal);
  }

  @Test
  void nothingIsUploadedAndNoSessionIsCopied() {
    List<Throwable> errors = java.util.Collections.synchronizedList(new ArrayList<>());
    java.util.concurrent.CountDownLatch ended = new java.util.concurrent.CountDownLatch(1);
    StreamObserver<AddArtifactsRequest> upload =
        SparkConnectServiceGrpc.newStub(channel)
            .addArtifacts(
                new StreamObserver<AddArtifactsResponse>() {
                  @Override
                  public void onNext(AddArtifactsResponse response) {}

                  @Override
                  public void onError(Throwable e) {
                    errors.add(e);
                    ended.countDown();
                  }

                  @Override
                  public void onCompleted() {
                    ended.countDown();
                  }
                });
    upload.onNext(AddArtifactsRequest.newBuilder().setSessionId(session).build());
    assertThat(awaited(ended)).isTrue();
    assertThat(errors).singleElement().satisfies(ConnectServerIT::isRefusal);

    assertThatThrownBy(
            () -> stub.cloneSession(CloneSessionRequest.newBuilder().setSessionId(session).build()))
        .satisfies(ConnectServerIT::isRefusal);
  }

  /** Past the guard: every session of a client is one that cannot do more than read. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "DELETE FROM bronze",
        "INSERT INTO bronze SELECT * FROM bronze",
        "INSERT OVERWRITE DIRECTORY '${outside}/out' USING csv SELECT 1",
        "CREATE TABLE other AS SELECT 1",
        "CREATE TEMPORARY VIEW v USING text OPTIONS (path '${outside}/passwords')",
        "SET `medallion.read-only` = x",
        "SELECT * FROM text.`${outside}/passwords`",
        "SELECT * FROM delta.`${outside}/table`",
        "EXECUTE IMMEDIATE 'DELETE FROM bronze'"
      })
  void theSessionOfAClientItselfOnlyReadsTheLake(String sql) {
    SparkSession fresh =
        SparkConnectService.getOrCreateIsolatedSession(
                "somebody", UUID.randomUUID().toString(), Option.empty())
            .session();
    assertThatThrownBy(() -> fresh.sql(small.placed(sql)).collectAsList())
        .hasMessageNotContaining(SmallLake.SECRET);
    assertThatThrownBy(() -> fresh.read().text(small.path("outside/passwords")).collectAsList())
        .hasMessageContaining("does not exist");
  }

  @Test
  void whoAsksAServerForOtherMachinesNeedsAToken() {
    Configuration open =
        Configuration.builder()
            .flag("lake.path", small.path("lake"))
            .flag("connect.host", "0.0.0.0")
            .flag("connect.port", "0")
            .build();
    assertThatThrownBy(() -> ConnectServer.start(small.lake(), open))
        .isInstanceOfSatisfying(
            MedallionException.class, e -> assertThat(e.explain()).contains("connect.tokens"));
  }

  /** Where there are tokens, nobody gets further without one, whatever is asked for. */
  @Test
  void withoutOneOfTheTokensNothingIsAnswered() {
    GuardInterceptor.Rules before = GuardInterceptor.rules();
    GuardInterceptor.decideBy(
        new GuardInterceptor.Rules(
            before.guard(), AccessTokens.parse("analyst: 0123456789abcdef", "the test")));
    try {
      for (String given : List.of("", "Bearer ", "Bearer 0123456789abcdeX", "0123456789abcdef")) {
        assertThatThrownBy(() -> version(given))
            .isInstanceOfSatisfying(
                StatusRuntimeException.class,
                e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED));
      }
      assertThat(version("Bearer 0123456789abcdef")).isEqualTo(small.lake().session().version());
    } finally {
      GuardInterceptor.decideBy(before);
    }
  }

  private String version(String authorization) {
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), authorization);
    return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
        .analyzePlan(
            AnalyzePlanRequest.newBuilder()
                .setSessionId(session)
                .setUserContext(USER)
                .setSparkVersion(AnalyzePlanRequest.SparkVersion.getDefaultInstance())
                .build())
        .getSparkVersion()
        .getVersion();
  }

  private static boolean awaited(java.util.concurrent.CountDownLatch latch) {
    try {
      return latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The kinds of a choice that are refused whatever is in them. */
  private static List<String> refusedKinds(Message message) {
    return message.getDescriptorForType().getOneofs().stream()
        .flatMap(choice -> choice.getFields().stream())
        .filter(field -> field.getJavaType() == FieldDescriptor.JavaType.MESSAGE)
        .filter(field -> !AllowedCalls.message(field.getMessageType().getFullName()))
        .map(FieldDescriptor::getName)
        .toList();
  }

  private static Plan root(Relation.Builder relation) {
    return Plan.newBuilder().setRoot(relation).build();
  }

  private static Plan sql(String query) {
    return root(Relation.newBuilder().setSql(SQL.newBuilder().setQuery(query)));
  }

  private static Plan table(String name, Map<String, String> options) {
    return root(
        Relation.newBuilder()
            .setRead(
                Read.newBuilder()
                    .setNamedTable(
                        Read.NamedTable.newBuilder()
                            .setUnparsedIdentifier(name)
                            .putAllOptions(options))));
  }

  private static Plan projected(Expression.Builder expression) {
    return root(
        Relation.newBuilder()
            .setProject(
                Project.newBuilder()
                    .setInput(
                        Relation.newBuilder().setRange(Range.newBuilder().setEnd(1).setStep(1)))
                    .addExpressions(expression)));
  }

  private void execute(Plan plan) {
    stub.executePlan(
            ExecutePlanRequest.newBuilder()
                .setSessionId(session)
                .setUserContext(USER)
                .setPlan(plan)
                .build())
        .forEachRemaining(answer -> {});
  }

  private void config(ConfigRequest.Operation.Builder operation) {
    stub.config(
        ConfigRequest.newBuilder()
            .setSessionId(session)
            .setUserContext(USER)
            .setOperation(operation)
            .build());
  }

  private void assertRefused(Plan plan) {
    assertThatThrownBy(() -> execute(plan))
        .as(plan.toString())
        .satisfies(ConnectServerIT::isRefusal);
    assertThatThrownBy(
            () ->
                stub.analyzePlan(
                    AnalyzePlanRequest.newBuilder()
                        .setSessionId(session)
                        .setUserContext(USER)
                        .setSchema(AnalyzePlanRequest.Schema.newBuilder().setPlan(plan))
                        .build()))
        .as(plan.toString())
        .satisfies(ConnectServerIT::isRefusal);
  }

  private static void isRefusal(Throwable thrown) {
    assertThat(thrown)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
              assertThat(e).hasMessageNotContaining(SmallLake.SECRET);
            });
  }

  /** What Spark's client says, in a process without the server's classes. */
  private Map<String, String> notebook() throws Exception {
    Path client = Path.of("target/client");
    List<String> classPath = new ArrayList<>(List.of("target/test-classes"));
    try (Stream<Path> jars = Files.list(client)) {
      jars.map(Path::toString).forEach(classPath::add);
    }
    Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(jar -> jar.endsWith(".jar"))
        .filter(jar -> !jar.matches(".*/spark-(connect|core|sql|catalyst|pipelines)[^/]*\\.jar"))
        .forEach(classPath::add);
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(
        List.of(
            "-Xmx512m",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            // Arrow's want, in which rows come.
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "-cp",
            String.join(File.pathSeparator, classPath),
            NotebookClient.class.getName(),
            server.url(),
            small.path("lake"),
            small.path("outside")));
    Path errors = Files.createTempFile("notebook", ".err");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    Map<String, String> said = new LinkedHashMap<>();
    try (var lines = process.inputReader(UTF_8)) {
      lines
          .lines()
          .filter(line -> line.contains(": "))
          .forEach(line -> said.put(line.split(": ", 2)[0], line.split(": ", 2)[1]));
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
    } finally {
      process.destroyForcibly();
      Files.delete(errors);
    }
    return said;
  }
}
