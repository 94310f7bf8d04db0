<?php
// PHP's own streams know of no proxy from the environment; cURL does.
if (getenv('MOCK_SERVER_INTERCEPTION')) {
    $proxy = 'tcp://127.0.0.1:' . json_decode(getenv('MOCK_SERVER_INTERCEPTION'))->proxy_port;
    stream_context_set_default(['http' => ['proxy' => $proxy, 'request_fulluri' => true]]);
    unset($proxy);
}
