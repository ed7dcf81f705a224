-- How texts and questions are read: of one form whatever the language, before any dictionary.
--
-- `RETURN` binds what it names when it is made: a restored dump finds it whatever its search path.
-- One who changes a function here fills `symposium_search` again (see search/sql).

-- Letters, figures and spaces, by the rule of `symposium.core.fulltext.query.quote`: a sign glued
-- to a word ends it, whatever the database's ctype takes for a letter. First what stands inside a
-- word and is dropped (marks that NFKC leaves apart, and what nobody sees), then what ends one. The
-- ranges are those characters of the first two planes that NFKC leaves as they are; NFKC would make
-- letters of ™ and ℠. A test compares the two over all of Unicode.
CREATE FUNCTION symposium_words(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN regexp_replace(
    regexp_replace(
        normalize(replace(replace($1, '™', ' '), '℠', ' '), NFKC),
        '[\U000000ad-\U000000ad\U00000300-\U0000036f\U00000483-\U00000487\U00000591-\U000005bd'
        '\U000005bf-\U000005bf\U000005c1-\U000005c2\U000005c4-\U000005c5\U000005c7-\U000005c7'
        '\U00000600-\U00000605\U00000610-\U0000061a\U0000061c-\U0000061c\U00000640-\U00000640'
        '\U0000064b-\U0000065f\U00000670-\U00000670\U000006d6-\U000006dd\U000006df-\U000006e4'
        '\U000006e7-\U000006e8\U000006ea-\U000006ed\U0000070f-\U0000070f\U00000711-\U00000711'
        '\U00000730-\U0000074a\U000007a6-\U000007b0\U000007eb-\U000007f3\U000007fd-\U000007fd'
        '\U00000816-\U00000819\U0000081b-\U00000823\U00000825-\U00000827\U00000829-\U0000082d'
        '\U00000859-\U0000085b\U00000890-\U0000089f\U000008ca-\U00000902\U0000093a-\U0000093a'
        '\U0000093c-\U0000093c\U00000941-\U00000948\U0000094d-\U0000094d\U00000951-\U00000957'
        '\U00000962-\U00000963\U00000981-\U00000981\U000009bc-\U000009bc\U000009c1-\U000009c4'
        '\U000009cd-\U000009cd\U000009e2-\U000009e3\U000009fe-\U00000a02\U00000a3c-\U00000a3c'
        '\U00000a41-\U00000a51\U00000a70-\U00000a71\U00000a75-\U00000a75\U00000a81-\U00000a82'
        '\U00000abc-\U00000abc\U00000ac1-\U00000ac8\U00000acd-\U00000acd\U00000ae2-\U00000ae3'
        '\U00000afa-\U00000b01\U00000b3c-\U00000b3c\U00000b3f-\U00000b3f\U00000b41-\U00000b44'
        '\U00000b4d-\U00000b56\U00000b62-\U00000b63\U00000b82-\U00000b82\U00000bc0-\U00000bc0'
        '\U00000bcd-\U00000bcd\U00000c00-\U00000c00\U00000c04-\U00000c04\U00000c3c-\U00000c3c'
        '\U00000c3e-\U00000c40\U00000c46-\U00000c56\U00000c62-\U00000c63\U00000c81-\U00000c81'
        '\U00000cbc-\U00000cbc\U00000cbf-\U00000cbf\U00000cc6-\U00000cc6\U00000ccc-\U00000ccd'
        '\U00000ce2-\U00000ce3\U00000d00-\U00000d01\U00000d3b-\U00000d3c\U00000d41-\U00000d44'
        '\U00000d4d-\U00000d4d\U00000d62-\U00000d63\U00000d81-\U00000d81\U00000dca-\U00000dca'
        '\U00000dd2-\U00000dd6\U00000e31-\U00000e31\U00000e34-\U00000e3a\U00000e47-\U00000e4e'
        '\U00000eb1-\U00000eb1\U00000eb4-\U00000ebc\U00000ec8-\U00000ecd\U00000f18-\U00000f19'
        '\U00000f35-\U00000f35\U00000f37-\U00000f37\U00000f39-\U00000f39\U00000f71-\U00000f7e'
        '\U00000f80-\U00000f84\U00000f86-\U00000f87\U00000f8d-\U00000fbc\U00000fc6-\U00000fc6'
        '\U0000102d-\U00001030\U00001032-\U00001037\U00001039-\U0000103a\U0000103d-\U0000103e'
        '\U00001058-\U00001059\U0000105e-\U00001060\U00001071-\U00001074\U00001082-\U00001082'
        '\U00001085-\U00001086\U0000108d-\U0000108d\U0000109d-\U0000109d\U0000135d-\U0000135f'
        '\U00001712-\U00001714\U00001732-\U00001733\U00001752-\U00001753\U00001772-\U00001773'
        '\U000017b4-\U000017b5\U000017b7-\U000017bd\U000017c6-\U000017c6\U000017c9-\U000017d3'
        '\U000017dd-\U000017dd\U0000180b-\U0000180f\U00001885-\U00001886\U000018a9-\U000018a9'
        '\U00001920-\U00001922\U00001927-\U00001928\U00001932-\U00001932\U00001939-\U0000193b'
        '\U00001a17-\U00001a18\U00001a1b-\U00001a1b\U00001a56-\U00001a56\U00001a58-\U00001a60'
        '\U00001a62-\U00001a62\U00001a65-\U00001a6c\U00001a73-\U00001a7f\U00001ab0-\U00001abd'
        '\U00001abf-\U00001b03\U00001b34-\U00001b34\U00001b36-\U00001b3a\U00001b3c-\U00001b3c'
        '\U00001b42-\U00001b42\U00001b6b-\U00001b73\U00001b80-\U00001b81\U00001ba2-\U00001ba5'
        '\U00001ba8-\U00001ba9\U00001bab-\U00001bad\U00001be6-\U00001be6\U00001be8-\U00001be9'
        '\U00001bed-\U00001bed\U00001bef-\U00001bf1\U00001c2c-\U00001c33\U00001c36-\U00001c37'
        '\U00001cd0-\U00001cd2\U00001cd4-\U00001ce0\U00001ce2-\U00001ce8\U00001ced-\U00001ced'
        '\U00001cf4-\U00001cf4\U00001cf8-\U00001cf9\U00001dc0-\U00001dff\U0000200b-\U0000200f'
        '\U0000202a-\U0000202e\U00002060-\U0000206f\U000020d0-\U000020dc\U000020e1-\U000020e1'
        '\U000020e5-\U000020f0\U00002cef-\U00002cf1\U00002d7f-\U00002d7f\U00002de0-\U00002dff'
        '\U0000302a-\U0000302d\U00003099-\U0000309a\U0000a66f-\U0000a66f\U0000a674-\U0000a67d'
        '\U0000a69e-\U0000a69f\U0000a6f0-\U0000a6f1\U0000a802-\U0000a802\U0000a806-\U0000a806'
        '\U0000a80b-\U0000a80b\U0000a825-\U0000a826\U0000a82c-\U0000a82c\U0000a8c4-\U0000a8c5'
        '\U0000a8e0-\U0000a8f1\U0000a8ff-\U0000a8ff\U0000a926-\U0000a92d\U0000a947-\U0000a951'
        '\U0000a980-\U0000a982\U0000a9b3-\U0000a9b3\U0000a9b6-\U0000a9b9\U0000a9bc-\U0000a9bd'
        '\U0000a9e5-\U0000a9e5\U0000aa29-\U0000aa2e\U0000aa31-\U0000aa32\U0000aa35-\U0000aa36'
        '\U0000aa43-\U0000aa43\U0000aa4c-\U0000aa4c\U0000aa7c-\U0000aa7c\U0000aab0-\U0000aab0'
        '\U0000aab2-\U0000aab4\U0000aab7-\U0000aab8\U0000aabe-\U0000aabf\U0000aac1-\U0000aac1'
        '\U0000aaec-\U0000aaed\U0000aaf6-\U0000aaf6\U0000abe5-\U0000abe5\U0000abe8-\U0000abe8'
        '\U0000abed-\U0000abed\U0000fb1e-\U0000fb1e\U0000fe00-\U0000fe2f\U0000feff-\U0000fffb'
        '\U000101fd-\U000101fd\U000102e0-\U000102e0\U00010376-\U0001037a\U00010a01-\U00010a0f'
        '\U00010a38-\U00010a3f\U00010ae5-\U00010ae6\U00010d24-\U00010d27\U00010eab-\U00010eac'
        '\U00010f46-\U00010f50\U00010f82-\U00010f85\U00011001-\U00011001\U00011038-\U00011046'
        '\U00011070-\U00011070\U00011073-\U00011074\U0001107f-\U00011081\U000110b3-\U000110b6'
        '\U000110b9-\U000110ba\U000110bd-\U000110bd\U000110c2-\U000110cd\U00011100-\U00011102'
        '\U00011127-\U0001112b\U0001112d-\U00011134\U00011173-\U00011173\U00011180-\U00011181'
        '\U000111b6-\U000111be\U000111c9-\U000111cc\U000111cf-\U000111cf\U0001122f-\U00011231'
        '\U00011234-\U00011234\U00011236-\U00011237\U0001123e-\U0001123e\U000112df-\U000112df'
        '\U000112e3-\U000112ea\U00011300-\U00011301\U0001133b-\U0001133c\U00011340-\U00011340'
        '\U00011366-\U00011374\U00011438-\U0001143f\U00011442-\U00011444\U00011446-\U00011446'
        '\U0001145e-\U0001145e\U000114b3-\U000114b8\U000114ba-\U000114ba\U000114bf-\U000114c0'
        '\U000114c2-\U000114c3\U000115b2-\U000115b5\U000115bc-\U000115bd\U000115bf-\U000115c0'
        '\U000115dc-\U000115dd\U00011633-\U0001163a\U0001163d-\U0001163d\U0001163f-\U00011640'
        '\U000116ab-\U000116ab\U000116ad-\U000116ad\U000116b0-\U000116b5\U000116b7-\U000116b7'
        '\U0001171d-\U0001171f\U00011722-\U00011725\U00011727-\U0001172b\U0001182f-\U00011837'
        '\U00011839-\U0001183a\U0001193b-\U0001193c\U0001193e-\U0001193e\U00011943-\U00011943'
        '\U000119d4-\U000119db\U000119e0-\U000119e0\U00011a01-\U00011a0a\U00011a33-\U00011a38'
        '\U00011a3b-\U00011a3e\U00011a47-\U00011a47\U00011a51-\U00011a56\U00011a59-\U00011a5b'
        '\U00011a8a-\U00011a96\U00011a98-\U00011a99\U00011c30-\U00011c3d\U00011c3f-\U00011c3f'
        '\U00011c92-\U00011ca7\U00011caa-\U00011cb0\U00011cb2-\U00011cb3\U00011cb5-\U00011cb6'
        '\U00011d31-\U00011d45\U00011d47-\U00011d47\U00011d90-\U00011d91\U00011d95-\U00011d95'
        '\U00011d97-\U00011d97\U00011ef3-\U00011ef4\U00013430-\U00013438\U00016af0-\U00016af4'
        '\U00016b30-\U00016b36\U00016f4f-\U00016f4f\U00016f8f-\U00016f92\U00016fe4-\U00016fe4'
        '\U0001bc9d-\U0001bc9e\U0001bca0-\U0001cf46\U0001d167-\U0001d169\U0001d173-\U0001d182'
        '\U0001d185-\U0001d18b\U0001d1aa-\U0001d1ad\U0001d242-\U0001d244\U0001da00-\U0001da36'
        '\U0001da3b-\U0001da6c\U0001da75-\U0001da75\U0001da84-\U0001da84\U0001da9b-\U0001daaf'
        '\U0001e000-\U0001e02a\U0001e130-\U0001e136\U0001e2ae-\U0001e2ae\U0001e2ec-\U0001e2ef'
        '\U0001e8d0-\U0001e8d6\U0001e944-\U0001e94a\U000e0000-\U000e01ef]+',
        '', 'g'
    ),
        '[\U00000001-\U0000002f\U0000003a-\U00000040\U0000005b-\U00000060\U0000007b-\U000000bf'
        '\U000000d7-\U000000d7\U000000f7-\U000000f7\U000002c2-\U000002c5\U000002d2-\U000002eb'
        '\U000002ed-\U000002ed\U000002ef-\U000002ff\U00000375-\U00000375\U000003f6-\U000003f6'
        '\U00000482-\U00000489\U0000055a-\U0000055f\U00000589-\U000005c6\U000005f3-\U0000061f'
        '\U0000066a-\U0000066d\U000006d4-\U000006d4\U000006de-\U000006de\U000006e9-\U000006e9'
        '\U000006fd-\U000006fe\U00000700-\U0000070d\U000007f6-\U000007f9\U000007fe-\U000007ff'
        '\U00000830-\U0000083e\U0000085e-\U0000085e\U00000888-\U00000888\U00000903-\U00000903'
        '\U0000093b-\U0000093b\U0000093e-\U0000094f\U00000964-\U00000965\U00000970-\U00000970'
        '\U00000982-\U00000983\U000009be-\U000009cc\U000009d7-\U000009d7\U000009f2-\U000009f3'
        '\U000009fa-\U000009fb\U000009fd-\U00000a03\U00000a3e-\U00000a40\U00000a76-\U00000a83'
        '\U00000abe-\U00000acc\U00000af0-\U00000af1\U00000b02-\U00000b03\U00000b3e-\U00000b57'
        '\U00000b70-\U00000b70\U00000bbe-\U00000bcc\U00000bd7-\U00000bd7\U00000bf3-\U00000c03'
        '\U00000c41-\U00000c44\U00000c77-\U00000c77\U00000c7f-\U00000c7f\U00000c82-\U00000c84'
        '\U00000cbe-\U00000cd6\U00000d02-\U00000d03\U00000d3e-\U00000d4c\U00000d4f-\U00000d4f'
        '\U00000d57-\U00000d57\U00000d79-\U00000d79\U00000d82-\U00000d83\U00000dcf-\U00000ddf'
        '\U00000df2-\U00000df4\U00000e3f-\U00000e3f\U00000e4f-\U00000e4f\U00000e5a-\U00000e5b'
        '\U00000f01-\U00000f1f\U00000f34-\U00000f3f\U00000f7f-\U00000f85\U00000fbe-\U00000fda'
        '\U0000102b-\U0000103c\U0000104a-\U0000104f\U00001056-\U00001057\U00001062-\U00001064'
        '\U00001067-\U0000106d\U00001083-\U0000108c\U0000108f-\U0000108f\U0000109a-\U0000109f'
        '\U000010fb-\U000010fb\U00001360-\U00001368\U00001390-\U00001399\U00001400-\U00001400'
        '\U0000166d-\U0000166e\U00001680-\U00001680\U0000169b-\U0000169c\U000016eb-\U000016ed'
        '\U00001715-\U00001715\U00001734-\U00001736\U000017b6-\U000017d6\U000017d8-\U000017db'
        '\U00001800-\U0000180a\U00001923-\U00001945\U000019de-\U000019ff\U00001a19-\U00001a1f'
        '\U00001a55-\U00001a72\U00001aa0-\U00001aa6\U00001aa8-\U00001b04\U00001b35-\U00001b44'
        '\U00001b5a-\U00001b82\U00001ba1-\U00001baa\U00001be7-\U00001bff\U00001c24-\U00001c3f'
        '\U00001c7e-\U00001c7f\U00001cc0-\U00001ce1\U00001cf7-\U00001cf7\U00002010-\U0000212e'
        '\U0000213a-\U0000214d\U0000214f-\U0000214f\U0000218a-\U0000244a\U00002500-\U00002775'
        '\U00002794-\U00002bff\U00002ce5-\U00002cea\U00002cf9-\U00002cfc\U00002cfe-\U00002cff'
        '\U00002d70-\U00002d70\U00002e00-\U00002e2e\U00002e30-\U00003004\U00003008-\U00003020'
        '\U0000302e-\U00003030\U00003037-\U00003037\U0000303d-\U0000303f\U000030a0-\U000030a0'
        '\U000030fb-\U000030fb\U00003190-\U00003191\U000031c0-\U000031e3\U0000327f-\U0000327f'
        '\U00004dc0-\U00004dff\U0000a490-\U0000a4c6\U0000a4fe-\U0000a4ff\U0000a60d-\U0000a60f'
        '\U0000a670-\U0000a67e\U0000a6f2-\U0000a716\U0000a720-\U0000a721\U0000a789-\U0000a78a'
        '\U0000a823-\U0000a82b\U0000a836-\U0000a839\U0000a874-\U0000a881\U0000a8b4-\U0000a8cf'
        '\U0000a8f8-\U0000a8fa\U0000a8fc-\U0000a8fc\U0000a92e-\U0000a92f\U0000a952-\U0000a95f'
        '\U0000a983-\U0000a983\U0000a9b4-\U0000a9cd\U0000a9de-\U0000a9df\U0000aa2f-\U0000aa34'
        '\U0000aa4d-\U0000aa4d\U0000aa5c-\U0000aa5f\U0000aa77-\U0000aa79\U0000aa7b-\U0000aa7d'
        '\U0000aade-\U0000aadf\U0000aaeb-\U0000aaf1\U0000aaf5-\U0000aaf5\U0000ab5b-\U0000ab5b'
        '\U0000ab6a-\U0000ab6b\U0000abe3-\U0000abec\U0000e000-\U0000f8ff\U0000fbb2-\U0000fe46'
        '\U0000fffc-\U0000fffd\U00010100-\U00010102\U00010137-\U0001013f\U00010179-\U00010189'
        '\U0001018c-\U000101fc\U0001039f-\U0001039f\U000103d0-\U000103d0\U0001056f-\U0001056f'
        '\U00010857-\U00010857\U00010877-\U00010878\U0001091f-\U0001091f\U0001093f-\U0001093f'
        '\U00010a50-\U00010a58\U00010a7f-\U00010a7f\U00010ac8-\U00010ac8\U00010af0-\U00010af6'
        '\U00010b39-\U00010b3f\U00010b99-\U00010b9c\U00010ead-\U00010ead\U00010f55-\U00010f59'
        '\U00010f86-\U00010f89\U00011000-\U00011002\U00011047-\U0001104d\U00011082-\U00011082'
        '\U000110b0-\U000110c1\U0001112c-\U0001112c\U00011140-\U00011143\U00011145-\U00011146'
        '\U00011174-\U00011175\U00011182-\U00011182\U000111b3-\U000111c0\U000111c5-\U000111ce'
        '\U000111db-\U000111db\U000111dd-\U000111df\U0001122c-\U0001123d\U000112a9-\U000112a9'
        '\U000112e0-\U000112e2\U00011302-\U00011303\U0001133e-\U0001134d\U00011357-\U00011357'
        '\U00011362-\U00011363\U00011435-\U00011445\U0001144b-\U0001144f\U0001145a-\U0001145d'
        '\U000114b0-\U000114c1\U000114c6-\U000114c6\U000115af-\U000115d7\U00011630-\U00011643'
        '\U00011660-\U0001166c\U000116ac-\U000116b6\U000116b9-\U000116b9\U00011720-\U00011726'
        '\U0001173c-\U0001173f\U0001182c-\U0001183b\U00011930-\U0001193d\U00011940-\U00011940'
        '\U00011942-\U00011946\U000119d1-\U000119df\U000119e2-\U000119e2\U000119e4-\U000119e4'
        '\U00011a39-\U00011a39\U00011a3f-\U00011a46\U00011a57-\U00011a58\U00011a97-\U00011a9c'
        '\U00011a9e-\U00011aa2\U00011c2f-\U00011c3e\U00011c41-\U00011c45\U00011c70-\U00011c71'
        '\U00011ca9-\U00011cb4\U00011d8a-\U00011d96\U00011ef5-\U00011ef8\U00011fd5-\U00011fff'
        '\U00012470-\U00012474\U00012ff1-\U00012ff2\U00016a6e-\U00016a6f\U00016af5-\U00016af5'
        '\U00016b37-\U00016b3f\U00016b44-\U00016b45\U00016e97-\U00016e9a\U00016f51-\U00016f87'
        '\U00016fe2-\U00016fe2\U00016ff0-\U00016ff1\U0001bc9c-\U0001d245\U0001d300-\U0001d356'
        '\U0001d800-\U0001da8b\U0001e14f-\U0001e14f\U0001e2ff-\U0001e2ff\U0001e95e-\U0001e95f'
        '\U0001ecac-\U0001ecac\U0001ecb0-\U0001ecb0\U0001ed2e-\U0001ed2e\U0001eef0-\U0001f0f5'
        '\U0001f10d-\U0001fbca\U000f0000-\U0010ffff]+',
    ' ', 'g'
);

-- In small letters, with the forms of one Arabic letter made the same. (`translate` takes fifteen
-- times as long as `replace`.)
CREATE FUNCTION symposium_one_form(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN replace(replace(replace(replace(replace(replace(replace(replace(lower($1)
    , 'أ', 'ا'), 'إ', 'ا'), 'آ', 'ا'), 'ٱ', 'ا')
    , 'ى', 'ي'), 'ئ', 'ي'), 'ؤ', 'و'), 'ة', 'ه');

-- Letters of the Maghreb, Persian and Urdu, and the figures of both, as the common ones that they
-- stand for: `symposium.core.fulltext.query.RARE`.
CREATE FUNCTION symposium_common_letters(text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
    replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(
    replace($1
    , 'گ', 'ك'), 'ڭ', 'ك'), 'ݣ', 'ك'), 'ک', 'ك'), 'ڪ', 'ك'), 'ڤ', 'ف')
    , 'ڥ', 'ف'), 'ڢ', 'ف'), 'ڧ', 'ق'), 'ڨ', 'ق'), 'ی', 'ي'), 'ې', 'ي')
    , 'ے', 'ي'), 'ە', 'ه'), 'ہ', 'ه'), 'ھ', 'ه'), 'ۀ', 'ه'), 'ۃ', 'ه')
    , 'پ', 'ب'), 'چ', 'ج'), 'ژ', 'ز'), '٠', '0'), '١', '1'), '٢', '2')
    , '٣', '3'), '٤', '4'), '٥', '5'), '٦', '6'), '٧', '7'), '٨', '8')
    , '٩', '9'), '۰', '0'), '۱', '1'), '۲', '2'), '۳', '3'), '۴', '4')
    , '۵', '5'), '۶', '6'), '۷', '7'), '۸', '8'), '۹', '9');

-- What the desk searches by: without case, accents, apostrophes or forms of a letter.
CREATE FUNCTION symposium_folded(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN symposium_one_form(regexp_replace(
    replace(unaccent('unaccent'::regdictionary, symposium_common_letters($1)), '-', ' '),
    '[''`´ʾʿ\u00ad\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u0640\u064b-\u0655\u0670]+',
    '', 'g'
));

-- Two names that differ in case, spaces, hyphens, apostrophes or Unicode form are one.
CREATE FUNCTION symposium_same(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN btrim(regexp_replace(
    regexp_replace(
        lower(normalize($1, NFKC)),
        '[\u00ad\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u0640]+', '', 'g'
    ),
    '[\u0009-\u000d\u0020\u002d\u2010-\u2015\u2212\u0027\u0060\u00b4\u2018\u2019\u02bc]+', ' ', 'g'
));

-- What is read of a text: the text, then its words with a hyphen as one too (« Wi-Fi » is « wifi
-- »).
CREATE FUNCTION symposium_readable(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN symposium_common_letters($1)
    || (SELECT coalesce(string_agg(' ' || regexp_replace(word, '[-‐‑]', '', 'g'), ''), '')
    FROM regexp_split_to_table(symposium_common_letters($1), '\s+') AS word
    WHERE word ~ '[^-‐‑][-‐‑][^-‐‑]');

-- The words of each language. In capitals AI, EU, IT and WHO are names, though the same letters are
-- stop words: such a name becomes a word that nobody writes.
--
-- French: PostgreSQL's list of stop words lacks the first line; the second is its own, typed
-- without accents. A feminine takes its masculine's stem (régénérée, première), with accents or
-- without.
CREATE FUNCTION symposium_letters_fr(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN regexp_replace(
    regexp_replace(
        regexp_replace(
            lower(regexp_replace($1, '\m(AI|EU)\M', 'x\1x', 'g')),
            '(^|[^a-zà-öø-ÿœ])(?:les|mêmes|cet|cette|ils|elles|leurs|où|dont|a|'
            'meme|memes|ete|etee|etees|etes|etant|etante|etants|etantes|etais|etait|etions|etiez|etaient)'
            '(?![a-zà-öø-ÿœ])',
            '\1', 'g'
        ),
        '([a-zà-öø-ÿœ]{3})[ée]es?(?![a-zà-öø-ÿœ])', '\1e', 'g'
    ),
    '([a-zà-öø-ÿœ]{2})i[èe]res?(?![a-zà-öø-ÿœ])', '\1ier', 'g'
);

CREATE FUNCTION symposium_letters_en(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN lower(regexp_replace($1, '\m(IT|WHO)\M', 'x\1x', 'g'));

-- Arabic, for which PostgreSQL has no list. The article goes, with the « and », « by », « like »,
-- « for » written in one word with it; then each word of three letters gets it, since the stemmer
-- takes what has none for a verb.
CREATE FUNCTION symposium_letters_ar(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN regexp_replace(
    regexp_replace(
        regexp_replace(
            symposium_one_form(lower(regexp_replace($1, '\m(IT|WHO)\M', 'x\1x', 'g'))),
            '(^|[^ء-ي])[وف]?(?:'
            'في|من|علي|الي|عن|مع|هذا|هذه|ذلك|تلك|التي|الذي|الذين|ان|انه|انها|ما|لا|لم|لن|او|ثم|كل|قد|كان|'
            'كانت|هو|هي|هم|بين|حتي|اذا|كما|لكن|بعد|قبل|عند|ايضا)(?![ء-ي])',
            '\1', 'g'
        ),
        '([ء-ي]{2})ه(?![ء-ي])', '\1ة', 'g'
    ),
    '(^|[^ء-ي])(?:[وف]?[بك]?(?:ال)+|[وف]?لل)?([ء-ي]{3,})', '\1ال\2', 'g'
);

-- For the likeness of two words. pg_trgm sees only letters that the server's locale knows, which
-- may be ASCII alone: an Arabic letter takes a sign of its own.
CREATE FUNCTION symposium_plain(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN translate(
    symposium_one_form(unaccent('unaccent'::regdictionary, symposium_words($1))),
    'ءابتثجحخدذرزسشصضطظعغفقكلمنهوي', '2abtvjqxdpr3sc5z67eogfkulmnhwy'
);

-- Stop words first, since unaccent would make « même » one that is not on the list.
CREATE TEXT SEARCH DICTIONARY symposium_french_stop (
    TEMPLATE = simple, STOPWORDS = french, ACCEPT = false);
CREATE TEXT SEARCH CONFIGURATION symposium_fr (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION symposium_fr
    ALTER MAPPING FOR asciiword, word, numword WITH symposium_french_stop, unaccent, french_stem;
CREATE TEXT SEARCH CONFIGURATION symposium_en (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION symposium_en
    ALTER MAPPING FOR asciiword, word, numword WITH unaccent, english_stem;
CREATE TEXT SEARCH CONFIGURATION symposium_ar (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION symposium_ar
    ALTER MAPPING FOR asciiword WITH english_stem;
ALTER TEXT SEARCH CONFIGURATION symposium_ar
    ALTER MAPPING FOR word, numword WITH unaccent, arabic_stem;

CREATE FUNCTION symposium_vector_fr(text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN to_tsvector('symposium_fr', symposium_letters_fr(symposium_words($1)));

CREATE FUNCTION symposium_vector_en(text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN to_tsvector('symposium_en', symposium_letters_en(symposium_words($1)));

CREATE FUNCTION symposium_vector_ar(text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN to_tsvector('symposium_ar', symposium_letters_ar(symposium_words($1)));

-- Of words, "phrases" and the word « or »: see symposium/core/fulltext/query.py.
CREATE FUNCTION symposium_query_fr(text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN websearch_to_tsquery('symposium_fr', symposium_letters_fr($1));
CREATE FUNCTION symposium_query_en(text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN websearch_to_tsquery('symposium_en', symposium_letters_en($1));
CREATE FUNCTION symposium_query_ar(text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN websearch_to_tsquery('symposium_ar', symposium_letters_ar($1));
