<?php
// Prints the ids of all products: with cURL, and with PHP's own streams if "streams" is asked for.
[, $key] = $argv;
$streams = ($argv[2] ?? '') === 'streams';
$shard = substr($key, strrpos($key, '-') + 1);
$url = "https://api.$shard.cliniko.com/v1/products?per_page=20";
$header = 'Authorization: Basic ' . base64_encode("$key:");
while ($url) {
    if ($streams) {
        $text = file_get_contents(str_replace('//', '//' . rawurlencode($key) . ':@', $url));
    } else {
        $curl = curl_init($url);
        curl_setopt_array($curl, [CURLOPT_RETURNTRANSFER => true, CURLOPT_HTTPHEADER => [$header]]);
        $text = curl_exec($curl);
        if ($text === false) {
            fwrite(STDERR, curl_error($curl) . "\n");
            exit(1);
        }
    }
    $page = json_decode($text);
    foreach ($page->products as $product) {
        echo $product->id, "\n";
    }
    $url = $page->links->next ?? null;
}
