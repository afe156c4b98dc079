// Sends requests to a running Apache Kafka broker and writes what went over the wire: one file per API, with the bytes
// of each request and response and the JSON that Kafka's own converters make of them.
//
//   java -cp "$KAFKA_CLASSPATH" Capture.java HOST PORT DIRECTORY
//
// The broker must be new: the requests create, fill, alter and delete the topics "golden-*". The class path holds the
// jars of the broker.
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.*;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.RequestHeader;

public class Capture {
    private static final long TIME_MS = 1700000000000L;
    private static final String TOPIC = "golden-topic";

    private final Map<Integer, StringBuilder> files = new TreeMap<>();
    private final ObjectMapper mapper = new ObjectMapper().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);
    private final DataInputStream in;
    private final DataOutputStream out;
    private int correlationId = 100;
    private Uuid topicId;

    Capture(String host, int port) throws Exception {
        Socket socket = new Socket(host, port);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
    }

    public static void main(String[] args) throws Exception {
        Capture capture = new Capture(args[0], Integer.parseInt(args[1]));
        capture.run();
        for (Map.Entry<Integer, StringBuilder> file : capture.files.entrySet()) {
            ApiKeys key = ApiKeys.forId(file.getKey());
            String name = String.format("%02d_%s.txt", key.id, snake(key.messageType.name));
            Files.writeString(Path.of(args[2], name), file.getValue());
        }
    }

    private static String snake(String name) {
        return name.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase();
    }

    /** Oldest, newest stable, and the two versions around the first flexible one. */
    private static Iterable<Short> versions(ApiKeys key) {
        TreeSet<Short> chosen = new TreeSet<>();
        short oldest = key.oldestVersion();
        short newest = key.latestVersion(false);
        chosen.add(oldest);
        chosen.add(newest);
        for (short version = (short) (oldest + 1); version <= newest; version++) {
            if (key.requestHeaderVersion(version) != key.requestHeaderVersion((short) (version - 1))) {
                chosen.add((short) (version - 1));
                chosen.add(version);
            }
        }
        return chosen;
    }

    /** JSON with the names of every object in order, so that it can be compared as text. */
    private String json(String dataClass, Message message, short version) throws Exception {
        JsonNode node = (JsonNode) Class.forName(dataClass + "JsonConverter")
            .getMethod("write", message.getClass(), short.class, boolean.class).invoke(null, message, version, false);
        return mapper.writeValueAsString(mapper.treeToValue(node, Object.class));
    }

    private void each(ApiKeys key, IntFunction<ApiMessage> request) throws Exception {
        for (short version : versions(key)) ask(key, version, request.apply(version));
    }

    private ApiMessage ask(ApiKeys key, int apiVersion, ApiMessage request) throws Exception {
        short version = (short) apiVersion;
        short latest = key.latestVersion(true);
        RequestHeader header = new RequestHeader(key, version, "golden-client", correlationId++);
        ByteBuffer sent = org.apache.kafka.common.protocol.MessageUtil.toByteBufferAccessor(header.data(), header.headerVersion()).buffer();
        ByteBuffer body = version > latest ? ByteBuffer.allocate(0) : MessageUtil.toByteBufferAccessor(request, version).buffer();
        byte[] bytes = new byte[sent.remaining() + body.remaining()];
        int headerSize = sent.remaining();
        sent.get(bytes, 0, headerSize);
        body.get(bytes, headerSize, bytes.length - headerSize);
        out.writeInt(bytes.length);
        out.write(bytes);
        out.flush();
        byte[] answer = new byte[in.readInt()];
        in.readFully(answer);

        short responseVersion = version > latest ? 0 : version;
        ByteBufferAccessor reader = new ByteBufferAccessor(ByteBuffer.wrap(answer));
        ResponseHeaderData responseHeader = new ResponseHeaderData(reader, key.responseHeaderVersion(version));
        ApiMessage response = key.messageType.newResponse();
        response.read(reader, responseVersion);
        if (reader.remaining() != 0) throw new IllegalStateException(key + ": bytes left");

        StringBuilder file = files.computeIfAbsent((int) key.id, id ->
            new StringBuilder("# ").append(key.messageType.name).append(", as spoken by Apache Kafka 4.3.1 and its Java client.\n"));
        file.append("\nversion ").append(version).append('\n');
        if (responseVersion != version) file.append("response_version ").append(responseVersion).append('\n');
        file.append("request ").append(HexFormat.of().formatHex(bytes)).append('\n');
        file.append("request_header_json ").append(json(RequestHeaderData.class.getName(), header.data(), header.headerVersion())).append('\n');
        if (version <= latest) file.append("request_json ").append(json(request.getClass().getName(), request, version)).append('\n');
        file.append("response ").append(HexFormat.of().formatHex(answer)).append('\n');
        file.append("response_header_json ").append(json(ResponseHeaderData.class.getName(), responseHeader, key.responseHeaderVersion(version))).append('\n');
        file.append("response_json ").append(json(response.getClass().getName(), response, responseVersion)).append('\n');
        return response;
    }

    private void run() throws Exception {
        each(ApiKeys.API_VERSIONS, v -> v < 3 ? new ApiVersionsRequestData()
            : new ApiVersionsRequestData().setClientSoftwareName("golden").setClientSoftwareVersion("1.0"));
        ask(ApiKeys.API_VERSIONS, 9, new ApiVersionsRequestData());
        topics();
        metadata();
        records();
        configs();
        cluster();
        deletions();
    }

    private void topics() throws Exception {
        for (short version : versions(ApiKeys.CREATE_TOPICS)) {
            ask(ApiKeys.CREATE_TOPICS, version, createTopics("golden-v" + version, false));
        }
        CreateTopicsResponseData created = (CreateTopicsResponseData) ask(ApiKeys.CREATE_TOPICS, 7, createTopics(TOPIC, false));
        topicId = created.topics().find(TOPIC).topicId();
        each(ApiKeys.CREATE_TOPICS, v -> createTopics(TOPIC, true));
        ask(ApiKeys.CREATE_TOPICS, 7, createTopics("golden/bad name", false));
        each(ApiKeys.CREATE_PARTITIONS, v -> {
            CreatePartitionsRequestData.CreatePartitionsTopicCollection topics = new CreatePartitionsRequestData.CreatePartitionsTopicCollection();
            topics.add(new CreatePartitionsRequestData.CreatePartitionsTopic().setName("golden-v7").setCount(4 + v).setAssignments(null));
            topics.add(new CreatePartitionsRequestData.CreatePartitionsTopic().setName("golden-absent").setCount(2)
                .setAssignments(List.of(new CreatePartitionsRequestData.CreatePartitionsAssignment().setBrokerIds(List.of(1)))));
            return new CreatePartitionsRequestData().setTopics(topics).setTimeoutMs(30000).setValidateOnly(v == 0);
        });
        Thread.sleep(500);  // until the broker's own image has the topics
    }

    private static CreateTopicsRequestData createTopics(String name, boolean validateOnly) {
        CreateTopicsRequestData.CreatableTopic topic = new CreateTopicsRequestData.CreatableTopic().setName(name).setNumPartitions(2).setReplicationFactor((short) 1);
        topic.configs().add(new CreateTopicsRequestData.CreatableTopicConfig().setName("retention.ms").setValue("-1"));
        CreateTopicsRequestData.CreatableTopic assigned = new CreateTopicsRequestData.CreatableTopic().setName(name + "-assigned").setNumPartitions(-1).setReplicationFactor((short) -1);
        assigned.assignments().add(new CreateTopicsRequestData.CreatableReplicaAssignment().setPartitionIndex(0).setBrokerIds(List.of(1)));
        CreateTopicsRequestData.CreatableTopicCollection topics = new CreateTopicsRequestData.CreatableTopicCollection();
        topics.add(topic);
        topics.add(assigned);
        return new CreateTopicsRequestData().setTopics(topics).setTimeoutMs(30000).setValidateOnly(validateOnly);
    }

    private void metadata() throws Exception {
        each(ApiKeys.METADATA, v -> new MetadataRequestData().setAllowAutoTopicCreation(v < 4).setTopics(new ArrayList<>(List.of(
            new MetadataRequestData.MetadataRequestTopic().setName(TOPIC), new MetadataRequestData.MetadataRequestTopic().setName("golden absent")))));
        each(ApiKeys.METADATA, v -> new MetadataRequestData().setTopics(v == 0 ? List.of() : null));
        ask(ApiKeys.METADATA, 13, new MetadataRequestData().setIncludeTopicAuthorizedOperations(true).setTopics(List.of(
            new MetadataRequestData.MetadataRequestTopic().setName(null).setTopicId(topicId),
            new MetadataRequestData.MetadataRequestTopic().setName(null).setTopicId(new Uuid(7, 7)))));
        each(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, v -> new DescribeTopicPartitionsRequestData().setResponsePartitionLimit(1).setTopics(List.of(
            new DescribeTopicPartitionsRequestData.TopicRequest().setName(TOPIC), new DescribeTopicPartitionsRequestData.TopicRequest().setName("golden-v7"))));
        ask(ApiKeys.DESCRIBE_TOPIC_PARTITIONS, 0, new DescribeTopicPartitionsRequestData().setTopics(List.of(new DescribeTopicPartitionsRequestData.TopicRequest().setName(TOPIC)))
            .setCursor(new DescribeTopicPartitionsRequestData.Cursor().setTopicName(TOPIC).setPartitionIndex(1)));
    }

    private void records() throws Exception {
        InitProducerIdResponseData producer = null;
        for (short version : versions(ApiKeys.INIT_PRODUCER_ID)) {
            producer = (InitProducerIdResponseData) ask(ApiKeys.INIT_PRODUCER_ID, version,
                new InitProducerIdRequestData().setTransactionalId(null).setTransactionTimeoutMs(Integer.MAX_VALUE));
        }
        int sequence = 0;
        for (short version : versions(ApiKeys.PRODUCE)) {
            ask(ApiKeys.PRODUCE, version, produce(version, 0, batch(producer.producerId(), sequence)));
            sequence += 2;
        }
        ask(ApiKeys.PRODUCE, 12, produce(12, 0, batch(producer.producerId(), sequence + 5)));  // out of order
        ask(ApiKeys.PRODUCE, 12, produce(12, 9, batch(producer.producerId(), 0)));  // no such partition
        ask(ApiKeys.PRODUCE, 13, produce(13, 1, MemoryRecords.withRecords(Compression.gzip().build(), new SimpleRecord(TIME_MS, null, "plain".getBytes()))));
        each(ApiKeys.DESCRIBE_PRODUCERS, v -> new DescribeProducersRequestData().setTopics(List.of(new DescribeProducersRequestData.TopicRequest().setName(TOPIC).setPartitionIndexes(List.of(0, 9)))));
        for (long timestamp : new long[] {-1, -2, TIME_MS}) each(ApiKeys.LIST_OFFSETS, v -> listOffsets(v, timestamp));
        each(ApiKeys.FETCH, v -> fetch(v, 0, -1));
        FetchResponseData session = (FetchResponseData) ask(ApiKeys.FETCH, 18, fetch(18, 0, 0));
        ask(ApiKeys.FETCH, 18, new FetchRequestData().setMaxWaitMs(1).setMinBytes(1).setSessionId(session.sessionId()).setSessionEpoch(1).setForgottenTopicsData(
            List.of(new FetchRequestData.ForgottenTopic().setTopicId(topicId).setPartitions(List.of(1)))));
        ask(ApiKeys.FETCH, 12, fetch(12, 999, -1));  // out of range
        each(ApiKeys.OFFSET_FOR_LEADER_EPOCH, v -> {
            OffsetForLeaderEpochRequestData.OffsetForLeaderTopicCollection topics = new OffsetForLeaderEpochRequestData.OffsetForLeaderTopicCollection();
            topics.add(new OffsetForLeaderEpochRequestData.OffsetForLeaderTopic().setTopic(TOPIC).setPartitions(List.of(
                new OffsetForLeaderEpochRequestData.OffsetForLeaderPartition().setPartition(0).setLeaderEpoch(0),
                new OffsetForLeaderEpochRequestData.OffsetForLeaderPartition().setPartition(9).setLeaderEpoch(0))));
            return new OffsetForLeaderEpochRequestData().setReplicaId(-1).setTopics(topics);
        });
    }

    private static MemoryRecords batch(long producerId, int sequence) {
        return MemoryRecords.withIdempotentRecords(Compression.NONE, producerId, (short) 0, sequence,
            new SimpleRecord(TIME_MS + sequence, "key".getBytes(StandardCharsets.UTF_8), "value".getBytes(StandardCharsets.UTF_8)),
            new SimpleRecord(TIME_MS + sequence + 1, null, "naïve".getBytes(StandardCharsets.UTF_8)));
    }

    private ProduceRequestData produce(int version, int partition, MemoryRecords records) {
        ProduceRequestData.TopicProduceData topic = new ProduceRequestData.TopicProduceData().setPartitionData(
            List.of(new ProduceRequestData.PartitionProduceData().setIndex(partition).setRecords(records)));
        if (version < 13) topic.setName(TOPIC); else topic.setTopicId(topicId);
        ProduceRequestData.TopicProduceDataCollection topics = new ProduceRequestData.TopicProduceDataCollection();
        topics.add(topic);
        return new ProduceRequestData().setAcks((short) -1).setTimeoutMs(30000).setTopicData(topics);
    }

    private static ListOffsetsRequestData listOffsets(int version, long timestamp) {
        ListOffsetsRequestData data = new ListOffsetsRequestData().setReplicaId(-1).setTopics(List.of(new ListOffsetsRequestData.ListOffsetsTopic().setName(TOPIC).setPartitions(List.of(
            new ListOffsetsRequestData.ListOffsetsPartition().setPartitionIndex(0).setTimestamp(timestamp), new ListOffsetsRequestData.ListOffsetsPartition().setPartitionIndex(9).setTimestamp(timestamp)))));
        return version < 10 ? data : data.setTimeoutMs(30000);
    }

    private FetchRequestData fetch(int version, long offset, int sessionEpoch) {
        List<FetchRequestData.FetchPartition> partitions = new ArrayList<>();
        for (int partition : new int[] {0, 1, 9}) {
            partitions.add(new FetchRequestData.FetchPartition().setPartition(partition).setFetchOffset(partition == 0 ? offset : 0).setPartitionMaxBytes(1 << 20));
        }
        FetchRequestData.FetchTopic topic = new FetchRequestData.FetchTopic().setPartitions(partitions);
        if (version < 13) topic.setTopic(TOPIC); else topic.setTopicId(topicId);
        return new FetchRequestData().setMaxWaitMs(500).setMinBytes(1).setSessionEpoch(sessionEpoch).setTopics(List.of(topic)).setIsolationLevel((byte) 1);
    }

    private void configs() throws Exception {
        each(ApiKeys.ALTER_CONFIGS, v -> {
            AlterConfigsRequestData.AlterableConfigCollection configs = new AlterConfigsRequestData.AlterableConfigCollection();
            configs.add(new AlterConfigsRequestData.AlterableConfig().setName("max.message.bytes").setValue(String.valueOf(100000 + v)));
            AlterConfigsRequestData.AlterConfigsResourceCollection resources = new AlterConfigsRequestData.AlterConfigsResourceCollection();
            resources.add(new AlterConfigsRequestData.AlterConfigsResource().setResourceType((byte) 2).setResourceName("golden-v7").setConfigs(configs));
            resources.add(new AlterConfigsRequestData.AlterConfigsResource().setResourceType((byte) 2).setResourceName("golden-absent"));
            return new AlterConfigsRequestData().setResources(resources);
        });
        each(ApiKeys.INCREMENTAL_ALTER_CONFIGS, v -> {
            IncrementalAlterConfigsRequestData.AlterableConfigCollection configs = new IncrementalAlterConfigsRequestData.AlterableConfigCollection();
            configs.add(new IncrementalAlterConfigsRequestData.AlterableConfig().setName("retention.ms").setConfigOperation((byte) 0).setValue(String.valueOf(1000000 + v)));
            configs.add(new IncrementalAlterConfigsRequestData.AlterableConfig().setName("segment.bytes").setConfigOperation((byte) 1).setValue(null));
            IncrementalAlterConfigsRequestData.AlterConfigsResourceCollection resources = new IncrementalAlterConfigsRequestData.AlterConfigsResourceCollection();
            resources.add(new IncrementalAlterConfigsRequestData.AlterConfigsResource().setResourceType((byte) 2).setResourceName("golden-v4").setConfigs(configs));
            IncrementalAlterConfigsRequestData.AlterableConfigCollection wrong = new IncrementalAlterConfigsRequestData.AlterableConfigCollection();
            wrong.add(new IncrementalAlterConfigsRequestData.AlterableConfig().setName("retention.ms").setConfigOperation((byte) 0).setValue("soon"));
            resources.add(new IncrementalAlterConfigsRequestData.AlterConfigsResource().setResourceType((byte) 2).setResourceName(TOPIC).setConfigs(wrong));
            return new IncrementalAlterConfigsRequestData().setResources(resources);
        });
        Thread.sleep(300);
        each(ApiKeys.DESCRIBE_CONFIGS, v -> new DescribeConfigsRequestData().setIncludeSynonyms(true).setIncludeDocumentation(v >= 3).setResources(List.of(
            new DescribeConfigsRequestData.DescribeConfigsResource().setResourceType((byte) 2).setResourceName("golden-v4").setConfigurationKeys(List.of("retention.ms", "cleanup.policy", "min.insync.replicas")),
            new DescribeConfigsRequestData.DescribeConfigsResource().setResourceType((byte) 4).setResourceName("1").setConfigurationKeys(List.of("node.id", "num.io.threads", "ssl.keystore.password")),
            new DescribeConfigsRequestData.DescribeConfigsResource().setResourceType((byte) 2).setResourceName("golden-absent").setConfigurationKeys(null))));
        ask(ApiKeys.DESCRIBE_CONFIGS, 4, new DescribeConfigsRequestData().setResources(List.of(
            new DescribeConfigsRequestData.DescribeConfigsResource().setResourceType((byte) 2).setResourceName(TOPIC).setConfigurationKeys(null))));
        each(ApiKeys.LIST_CONFIG_RESOURCES, v -> v == 0 ? new ListConfigResourcesRequestData() : new ListConfigResourcesRequestData().setResourceTypes(List.of((byte) 2, (byte) 4)));
    }

    private void cluster() throws Exception {
        each(ApiKeys.DESCRIBE_CLUSTER, v -> new DescribeClusterRequestData().setIncludeClusterAuthorizedOperations(true));
        each(ApiKeys.DESCRIBE_LOG_DIRS, v -> {
            DescribeLogDirsRequestData.DescribableLogDirTopicCollection topics = new DescribeLogDirsRequestData.DescribableLogDirTopicCollection();
            topics.add(new DescribeLogDirsRequestData.DescribableLogDirTopic().setTopic(TOPIC).setPartitions(List.of(0, 1)));
            return new DescribeLogDirsRequestData().setTopics(topics);
        });
        ask(ApiKeys.DESCRIBE_LOG_DIRS, 5, new DescribeLogDirsRequestData().setTopics(null));
        each(ApiKeys.DESCRIBE_QUORUM, v -> new DescribeQuorumRequestData().setTopics(List.of(new DescribeQuorumRequestData.TopicData().setTopicName("__cluster_metadata")
            .setPartitions(List.of(new DescribeQuorumRequestData.PartitionData().setPartitionIndex(0))))));
        each(ApiKeys.UPDATE_FEATURES, v -> {
            UpdateFeaturesRequestData.FeatureUpdateKeyCollection updates = new UpdateFeaturesRequestData.FeatureUpdateKeyCollection();
            updates.add(new UpdateFeaturesRequestData.FeatureUpdateKey().setFeature("golden.version").setMaxVersionLevel((short) 1));
            UpdateFeaturesRequestData data = new UpdateFeaturesRequestData().setTimeoutMs(30000).setFeatureUpdates(updates);
            return v == 0 ? data : data.setValidateOnly(true);
        });
    }

    private void deletions() throws Exception {
        each(ApiKeys.DELETE_RECORDS, v -> new DeleteRecordsRequestData().setTimeoutMs(30000).setTopics(List.of(new DeleteRecordsRequestData.DeleteRecordsTopic().setName(TOPIC).setPartitions(List.of(
            new DeleteRecordsRequestData.DeleteRecordsPartition().setPartitionIndex(0).setOffset(2 + v), new DeleteRecordsRequestData.DeleteRecordsPartition().setPartitionIndex(1).setOffset(99))))));
        each(ApiKeys.DELETE_TOPICS, v -> {
            DeleteTopicsRequestData data = new DeleteTopicsRequestData().setTimeoutMs(30000);
            if (v < 6) return data.setTopicNames(List.of("golden-v" + v, "golden-absent"));
            return data.setTopics(List.of(new DeleteTopicsRequestData.DeleteTopicState().setName(null).setTopicId(topicId),
                new DeleteTopicsRequestData.DeleteTopicState().setName("golden-absent")));
        });
    }
}
